/* A forest of classification trees over float32 rows.
 *
 * All trees lie in one array of nodes. A split sends a row to node `child` if its feature is at
 * most the threshold, else to the one after it. A leaf has the threshold infinity and itself as
 * child, so a walk needs no question whether it has arrived: as many steps as the tree is deep end
 * at the leaf from anywhere. Without branches the processor walks several rows side by side.
 *
 * A probability is the sum of the trees' shares in their order, divided by their number, in
 * double: what scikit-learn computes, to the last bit.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>

enum {
    FOREST_VERSION = 1, /* of everything that kernel.py relies on */
    SIDE_BY_SIDE = 16,  /* rows: enough to hide the time of reading a node */
};

typedef struct {
    float threshold;
    int32_t feature;
    int32_t child;
    int32_t leaf; /* of a leaf: which row of `shares` */
} Node;

typedef struct {
    int32_t root;
    int32_t depth; /* steps from the root to the deepest leaf */
} Tree;

typedef struct {
    int32_t features, classes, trees, nodes, leaves;
    const Tree *tree;     /* [trees] */
    const Node *node;     /* [nodes] */
    const double *shares; /* [leaves][classes] */
} Forest;

int32_t forest_version(void) { return FOREST_VERSION; }

/* Whether no walk leaves the arrays, and every walk ends. */
int32_t forest_is_sound(const Forest *forest) {
    for (int32_t i = 0; i < forest->trees; i++) {
        if (forest->tree[i].root < 0 || forest->tree[i].root >= forest->nodes) return 0;
        if (forest->tree[i].depth < 0 || forest->tree[i].depth > forest->nodes) return 0;
    }
    for (int32_t i = 0; i < forest->nodes; i++) {
        const Node *node = &forest->node[i];
        if (node->feature < 0 || node->feature >= forest->features) return 0;
        if (node->leaf < 0 || node->leaf >= forest->leaves) return 0;
        if (node->child == i ? node->threshold != INFINITY : !isfinite(node->threshold)) return 0;
        if (node->child < i || (node->child > i && node->child >= forest->nodes - 1)) return 0;
    }
    return 1;
}

/* Adds the shares of each row's leaf in one tree; rows: at most SIDE_BY_SIDE. */
static inline void add_tree(const Forest *forest, const Tree *tree, const float *cells, int32_t rows,
                     double *sums) {
    const Node *const node = forest->node;
    int32_t at[SIDE_BY_SIDE];
    for (int32_t row = 0; row < rows; row++) at[row] = tree->root;
    for (int32_t step = 0; step < tree->depth; step++) {
        for (int32_t row = 0; row < rows; row++) {
            const Node *here = &node[at[row]];
            const float cell = cells[(int64_t)row * forest->features + here->feature];
            at[row] = here->child + (cell > here->threshold);
        }
    }
    for (int32_t row = 0; row < rows; row++) {
        const double *shares = forest->shares + (int64_t)node[at[row]].leaf * forest->classes;
        for (int32_t class = 0; class < forest->classes; class++) {
            sums[(int64_t)row * forest->classes + class] += shares[class];
        }
    }
}

/* Probabilities [rows][classes] and the first likeliest class of each row, for cells
 * [rows][features]. Returns how many rows were predicted: fewer than `rows` if the next one holds
 * a cell that is not finite. */
int32_t forest_predict(const Forest *forest, const float *cells, int32_t rows,
                       double *probabilities, int32_t *winners) {
    const int32_t features = forest->features, classes = forest->classes;
    for (int32_t first = 0; first < rows; first += SIDE_BY_SIDE) {
        const int32_t count = rows - first < SIDE_BY_SIDE ? rows - first : SIDE_BY_SIDE;
        const float *block = cells + (int64_t)first * features;
        double *sums = probabilities + (int64_t)first * classes;
        for (int32_t i = 0; i < count * features; i++) {
            if (!(fabsf(block[i]) <= FLT_MAX)) return first + i / features;
        }
        for (int32_t i = 0; i < count * classes; i++) sums[i] = 0;
        for (int32_t i = 0; i < forest->trees; i++) {
            const Tree *tree = &forest->tree[i];
            if (count == SIDE_BY_SIDE) /* known to the compiler, which unrolls the walk */
                add_tree(forest, tree, block, SIDE_BY_SIDE, sums);
            else
                add_tree(forest, tree, block, count, sums);
        }
        for (int32_t row = 0; row < count; row++) {
            double *own = sums + (int64_t)row * classes;
            int32_t winner = 0;
            for (int32_t class = 0; class < classes; class++) {
                own[class] /= forest->trees;
                if (own[class] > own[winner]) winner = class;
            }
            winners[first + row] = winner;
        }
    }
    return rows;
}
