/* What is told of an index, by the command that makes it and the one that checks it. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_REPORT_H
#define SF_BUILDER_REPOSITORY_INDEX_REPORT_H

struct sf_repo_index;
struct sf_report;

/* Name, serial, size, expiry and series of the index; `verdict` begins the line for people. */
void sf_index_report(struct sf_report *report, const char *verdict,
                     const struct sf_repo_index *index);

#endif
