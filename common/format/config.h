/*
 * The agent's configuration: /etc/sf-agent/sf-agent.conf and conf.d/ *.conf, INI as inih reads it.
 * Unknown sections and keys, duplicates within a file and bad values are errors that name file,
 * line and key. Every key is in the man page; a test compares the table with it.
 */
#ifndef SF_FORMAT_CONFIG_H
#define SF_FORMAT_CONFIG_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

#define SF_CONFIG_MAX_BYTES (1UL << 20)

enum sf_units_mode { SF_UNITS_LINK, SF_UNITS_COPY, SF_UNITS_NONE };

/* A toolchain that the site defines: [toolchain bookworm]. Matched before the built-in ones. */
struct sf_config_toolchain {
    char name[32];
    char *os_id;      /* os-release ID, "debian" */
    char *version_id; /* VERSION_ID, "12": equal, or a prefix up to a dot ("9" matches "9.4") */
    char *glibc;      /* the glibc its artifacts are built against, "2.36" */
};

struct sf_config {
    /* [agent] */
    char *root;               /* root = /opt/slurm */
    char *variant;            /* variant = cpu */
    char *toolchain;          /* toolchain = …, NULL: detect */
    enum sf_units_mode units; /* units = link | copy | none */
    bool has_modules;         /* modules = yes | no */
    uint32_t keep;            /* keep = 2: releases that gc leaves, the active one among them */
    struct sf_strlist
        restart;       /* restart = slurmd sackd slurmrestd: restarted after a switch when active */
    uint32_t health_s; /* health_s = 5: how long a restarted unit must stay active */
    /* [repository] */
    struct sf_strlist urls;     /* url = …, may be given several times, in order of preference */
    char *proxy;                /* proxy = http://…, NULL: none; the environment is not read */
    uint32_t connect_timeout_s; /* 15 */
    uint32_t stall_timeout_s;   /* 30: no byte for so long */
    uint32_t min_rate_bytes_per_s; /* 1024: total deadline = size / rate + stall timeout */
    uint32_t retries;              /* 5 per mirror and file */
    /* [toolchain NAME] */
    struct sf_config_toolchain *toolchains;
    size_t toolchain_count;
};

/* One row per key: the table that parsing, `config`, the man page check and the sample share. */
struct sf_config_key {
    const char *section; /* "agent", "repository", "toolchain" */
    const char *key;
    const char *fallback; /* the default as text, "" for none */
    const char *help;     /* one line */
};

/* All keys; `*ret_count` of them. Static. */
const struct sf_config_key *sf_config_keys(size_t *ret_count);

/* A configuration of defaults. Errors: NO_MEMORY. */
int sf_config_new(struct sf_config **ret, struct sf_error *err);

/* Applies one file's text on top, a list in it replaces the list so far; `name` is for messages. On
 * failure part of it may have been applied. Errors: CONFIG, NO_MEMORY. */
int sf_config_apply(struct sf_config *config, const char *name, const char *text,
                    struct sf_error *err);

/* Checks that hold for the whole (root is clean absolute, …). Errors: CONFIG. */
int sf_config_check(const struct sf_config *config, struct sf_error *err);

/* The value in force of a key as text (lists joined by spaces), a proxy's password shown as ***.
 * NULL when out of memory. Owned by the caller. */
char *sf_config_value(const struct sf_config *config, const char *section, const char *key);

void sf_config_free(struct sf_config *config);

SF_DEFINE_AUTO(config, struct sf_config *, sf_config_free)

#endif
