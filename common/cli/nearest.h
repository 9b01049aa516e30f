/* "did you mean …?": the nearest of some names to a word that is none of them. */
#ifndef SF_CLI_NEAREST_H
#define SF_CLI_NEAREST_H

/* Set `word`, the rest zero; offer the names one by one; read `name`. */
struct sf_nearest {
    const char *word; /* what was typed */
    const char *name; /* the nearest so far, at most two edits away; NULL when there is none */
    unsigned distance;
};

/* Takes `name` when it is nearer than what was offered before; borrowed until the struct goes. */
void sf_nearest_offer(struct sf_nearest *nearest, const char *name);

#endif
