/* Standard input, output and error, whoever started us. */
#ifndef SF_HOST_DESCRIPTORS_H
#define SF_HOST_DESCRIPTORS_H

/* Opens /dev/null for each of the descriptors 0 to 2 that is closed: a file of ours must not become
 * standard error. Called first of all. */
void sf_descriptors_fill(void);

#endif
