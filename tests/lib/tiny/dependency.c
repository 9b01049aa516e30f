/* The library that the tiny Slurm has from Spack: where it is, and a string that ends like that. */
const char *tiny_dependency_prefix(void);
const char *tiny_dependency_tail(void);

const char *tiny_dependency_prefix(void)
{
    return TINY_PREFIX;
}

const char *tiny_dependency_tail(void)
{
    return TINY_TAIL;
}
