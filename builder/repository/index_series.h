/* What each series of an index means today. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_SERIES_H
#define SF_BUILDER_REPOSITORY_INDEX_SERIES_H

struct sf_error;
struct sf_repo_index;

/* Fills the series table, empty before, with the newest release of each series that is not
 * withdrawn; ascending by series. Errors: NO_MEMORY. */
int sf_index_set_series(struct sf_repo_index *index, struct sf_error *err);

#endif
