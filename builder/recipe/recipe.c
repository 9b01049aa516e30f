/* A recipe in memory. */
#include "builder/recipe/recipe.h"

#include <stdlib.h>

void sf_recipe_source_done(struct sf_recipe_source *source)
{
    free(source->file);
    sf_strlist_done(&source->urls);
}

void sf_recipe_free(struct sf_recipe *recipe)
{
    if (recipe == NULL) {
        return;
    }
    for (size_t i = 0; i < recipe->source_count; i++) {
        sf_recipe_source_done(&recipe->sources[i]);
    }
    free(recipe->sources);
    sf_strlist_done(&recipe->configure);
    sf_strlist_done(&recipe->contribs);
    sf_strlist_done(&recipe->plugins);
    sf_strlist_done(&recipe->files);
    sf_strlist_done(&recipe->components);
    sf_strlist_done(&recipe->libraries);
    sf_strlist_done(&recipe->host_libraries);
    sf_strlist_done(&recipe->packages);
    free(recipe->path);
    free(recipe);
}
