/* What a container image holds: the root of releases as sf-agent would leave it on a node. */
#ifndef SF_BUILDER_EXPORT_OCI_ROOT_H
#define SF_BUILDER_EXPORT_OCI_ROOT_H

struct sf_artifact;
struct sf_error;

/*
 * Makes opt/slurm below `dir_fd`: the release's tree, current and view, and the links of its
 * modulefiles. Errors: those of sf_artifact_unpack().
 */
int sf_oci_root_make(const struct sf_artifact *artifact, int dir_fd, struct sf_error *err);

#endif
