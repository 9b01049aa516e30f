/* What can be refused before anything is done, and not after minutes of building. */
#ifndef SF_BUILDER_MAKE_CHECK_H
#define SF_BUILDER_MAKE_CHECK_H

struct sf_error;
struct sf_make;

/* Errors: USAGE (the state directory's path, the target's form), those of sf_target_open(). */
int sf_make_check_paths(const struct sf_make *make, struct sf_error *err);

/* What the pack runs on this machine. Errors: NOT_FOUND. */
int sf_make_check_pack(const struct sf_make *make, struct sf_error *err);

/* Errors: those of sf_trial_check_user(); NOT_FOUND (the root for the test is none). */
int sf_make_check_test(const struct sf_make *make, struct sf_error *err);

#endif
