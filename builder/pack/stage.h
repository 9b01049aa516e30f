/*
 * The stages of a pack, in the order in which they run. Each takes the build as the stage before
 * left it; a failure ends the pack and nothing is published.
 */
#ifndef SF_BUILDER_PACK_STAGE_H
#define SF_BUILDER_PACK_STAGE_H

struct sf_build;
struct sf_error;

/*
 * Copies the installed prefix to view/, without *.la, *.a, lib/systemd and what Perl and Python
 * write when they install; modes become 0755 or 0644. Errors: INCOMPATIBLE (setuid, a link that is
 * absolute or leaves the tree, something that is no file, directory or link, an ELF of another
 * architecture), IO.
 */
int sf_stage_collect(struct sf_build *build, struct sf_error *err);

/*
 * Copies the libraries that the tree needs and does not have from the place to view/lib. Errors:
 * INCOMPATIBLE (nowhere to be found).
 */
int sf_stage_libraries(struct sf_build *build, struct sf_error *err);

/*
 * Asks for package, version and licence of each of them, and copies the licences' texts to
 * view/share/licenses/PACKAGE, those that Debian has once for all to common-licenses. Errors:
 * INCOMPATIBLE (its package or licence is not known, where that is asked for).
 */
int sf_stage_components(struct sf_build *build, struct sf_error *err);

/* Removes symbols and debug information by strip(1), after writing the latter to files of its own.
 * Errors: NOT_FOUND, UNHEALTHY, FORMAT, IO. */
int sf_stage_strip(struct sf_build *build, struct sf_error *err);

/* The strip(1) of this machine for files of `arch`; static. */
const char *sf_strip_program(const char *arch);

/* Removes directories below view/ that hold nothing. Errors: IO. */
int sf_stage_normalize(struct sf_build *build, struct sf_error *err);

/* Sets every search path to one that starts at $ORIGIN, by patchelf(1). Errors: NOT_FOUND. */
int sf_stage_rpath(struct sf_build *build, struct sf_error *err);

/* Writes meta/units and meta/modules with the clean prefix. */
int sf_stage_meta(struct sf_build *build, struct sf_error *err);

/* Checks that the tree is complete, and learns the glibc it needs. Errors: INCOMPATIBLE. */
int sf_stage_check(struct sf_build *build, struct sf_error *err);

/* Writes the bills of materials, into meta/ and beside the artifact. Errors: NO_SPACE, IO. */
int sf_stage_sbom(struct sf_build *build, struct sf_error *err);

/* Writes the artifact with debug information, when there is any. Errors: NO_SPACE, IO. */
int sf_stage_debug(struct sf_build *build, struct sf_error *err);

/* Digests every file, finds the relocation slots, makes the manifest. Errors: INCOMPATIBLE (no
 * plugins), FORMAT (a build prefix that is no whole slot). */
int sf_stage_manifest(struct sf_build *build, struct sf_error *err);

/* Writes artifact and outer manifest. Errors: NO_SPACE, IO. */
int sf_stage_write(struct sf_build *build, struct sf_error *err);

/* Writes the statement of how the artifact was made. One that is published stays: the place has
 * changed since, the artifact has not. Errors: NO_SPACE, IO. */
int sf_stage_provenance(struct sf_build *build, struct sf_error *err);

/* Signs what was written, unless there is no signer. Errors: SIGNATURE, NOT_FOUND, IO. */
int sf_stage_sign(struct sf_build *build, struct sf_error *err);

/* Puts all that was written into the repository. Errors: USAGE (the artifact is there with other
 * bytes), NO_SPACE, IO. */
int sf_stage_publish(struct sf_build *build, struct sf_error *err);

#endif
