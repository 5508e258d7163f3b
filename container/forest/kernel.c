/* A forest of classification trees over float32 rows.
 *
 * All trees lie in one array of nodes. A split sends a row to node `child` if its feature is at
 * most the threshold, else to the one after it. A leaf has the threshold infinity and itself as
 * child, so a walk needs no question whether it has arrived: as many steps as the tree is deep, or
 * more, end at the leaf. Without branches the processor takes many walks side by side, and hides the
 * time that reading a node takes: many rows through one tree, or one row through many trees.
 *
 * A probability is the sum of the trees' shares in their order, divided by their number, in
 * double: what scikit-learn computes, to the last bit.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>

enum {
    FOREST_VERSION = 3, /* of everything that kernel.py relies on */
    SIDE_BY_SIDE = 16,
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

/* Whether no walk leaves the arrays, each tree is as deep as it says, so that its walks end and at
 * leaves, and shares are shares. heights [nodes]: written over with the steps from each node to the
 * deepest leaf below it. */
int32_t forest_is_sound(const Forest *forest, int32_t *heights) {
    for (int32_t i = forest->nodes - 1; i >= 0; i--) { /* children come after their parent */
        const Node *node = &forest->node[i];
        if (node->feature < 0 || node->feature >= forest->features) return 0;
        if (node->leaf < 0 || node->leaf >= forest->leaves) return 0;
        if (node->child == i ? node->threshold != INFINITY : !isfinite(node->threshold)) return 0;
        if (node->child < i || (node->child > i && node->child >= forest->nodes - 1)) return 0;
        heights[i] = 0;
        if (node->child > i) {
            const int32_t *children = &heights[node->child];
            heights[i] = 1 + (children[0] > children[1] ? children[0] : children[1]);
        }
    }
    for (int32_t i = 0; i < forest->trees; i++) {
        if (forest->tree[i].root < 0 || forest->tree[i].root >= forest->nodes) return 0;
        if (forest->tree[i].depth != heights[forest->tree[i].root]) return 0;
    }
    for (int64_t i = 0; i < (int64_t)forest->leaves * forest->classes; i++) {
        if (!(forest->shares[i] >= 0 && forest->shares[i] <= 1)) return 0; /* nor is NaN one */
    }
    return 1;
}

/* Adds to `sums` [classes] the shares of a leaf. */
static inline void add_leaf(const Forest *forest, int32_t node, double *sums) {
    const double *shares = forest->shares + (int64_t)forest->node[node].leaf * forest->classes;
    for (int32_t class = 0; class < forest->classes; class++) sums[class] += shares[class];
}

static inline int32_t step(const Forest *forest, int32_t node, const float *cells) {
    const Node *here = &forest->node[node];
    return here->child + (cells[here->feature] > here->threshold);
}

/* One tree for SIDE_BY_SIDE rows: cells [SIDE_BY_SIDE][features], sums [SIDE_BY_SIDE][classes]. */
static inline void add_tree(const Forest *forest, const Tree *tree, const float *cells,
                            double *sums) {
    int32_t at[SIDE_BY_SIDE];
    for (int32_t row = 0; row < SIDE_BY_SIDE; row++) at[row] = tree->root;
    for (int32_t steps = tree->depth; steps > 0; steps--) {
        for (int32_t row = 0; row < SIDE_BY_SIDE; row++) {
            at[row] = step(forest, at[row], cells + (int64_t)row * forest->features);
        }
    }
    for (int32_t row = 0; row < SIDE_BY_SIDE; row++) {
        add_leaf(forest, at[row], sums + (int64_t)row * forest->classes);
    }
}

/* At most SIDE_BY_SIDE trees for one row. */
static inline void add_trees(const Forest *forest, const Tree *tree, int32_t trees,
                             const float *cells, double *sums) {
    int32_t at[SIDE_BY_SIDE], deepest = 0;
    for (int32_t i = 0; i < trees; i++) {
        at[i] = tree[i].root;
        if (tree[i].depth > deepest) deepest = tree[i].depth;
    }
    for (int32_t steps = deepest; steps > 0; steps--) {
        for (int32_t i = 0; i < trees; i++) at[i] = step(forest, at[i], cells);
    }
    for (int32_t i = 0; i < trees; i++) add_leaf(forest, at[i], sums);
}

static void add_all_trees(const Forest *forest, const float *cells, double *sums) {
    int32_t i = 0;
    for (; i + SIDE_BY_SIDE <= forest->trees; i += SIDE_BY_SIDE) {
        add_trees(forest, forest->tree + i, SIDE_BY_SIDE, cells, sums);
    }
    add_trees(forest, forest->tree + i, forest->trees - i, cells, sums);
}

/* Divides sums [classes] by the number of trees; returns the first likeliest class. */
static int32_t winner_of(const Forest *forest, double *sums) {
    int32_t winner = 0;
    for (int32_t class = 0; class < forest->classes; class++) {
        sums[class] /= forest->trees;
        if (sums[class] > sums[winner]) winner = class;
    }
    return winner;
}

static int is_finite(const Forest *forest, const float *cells) {
    for (int32_t i = 0; i < forest->features; i++) {
        if (!(fabsf(cells[i]) <= FLT_MAX)) return 0;
    }
    return 1;
}

/* Probabilities [classes] for one row, cells [features]. Returns its first likeliest class, or -1
 * if a cell is not finite: then nothing has been predicted. */
int32_t forest_predict_row(const Forest *forest, const float *cells, double *probabilities) {
    if (!is_finite(forest, cells)) return -1;
    for (int32_t class = 0; class < forest->classes; class++) probabilities[class] = 0;
    add_all_trees(forest, cells, probabilities);
    return winner_of(forest, probabilities);
}

/* Probabilities [rows][classes] and the first likeliest class of each row, for cells
 * [rows][features]. Returns `rows`, or the first row that holds a cell which is not finite: then
 * nothing has been predicted. */
int32_t forest_predict(const Forest *forest, const float *cells, int32_t rows,
                       double *probabilities, int32_t *winners) {
    const int64_t features = forest->features, classes = forest->classes;
    for (int32_t row = 0; row < rows; row++) {
        if (!is_finite(forest, cells + row * features)) return row;
    }
    for (int64_t i = 0; i < rows * classes; i++) probabilities[i] = 0;
    int32_t row = 0;
    for (; row + SIDE_BY_SIDE <= rows; row += SIDE_BY_SIDE) {
        for (int32_t i = 0; i < forest->trees; i++) {
            add_tree(forest, forest->tree + i, cells + row * features,
                     probabilities + row * classes);
        }
    }
    for (; row < rows; row++) {
        add_all_trees(forest, cells + row * features, probabilities + row * classes);
    }
    for (row = 0; row < rows; row++) {
        winners[row] = winner_of(forest, probabilities + row * classes);
    }
    return rows;
}
