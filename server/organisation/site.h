/* site.h - rooms of branches, and the stewards who run their sign-in.
 *
 * Threads: see organisation.h. */
#pragma once

#include "organisation.h"

typedef struct {
  gint64 id;
  gint64 branch;
  gchar *name;
  GArray *stewards; /* gint64: members, by number of their row */
  gint64 closed_ms; /* wall; 0: in use */
} AcSite;

void ac_site_free (AcSite *site);

/* Returns: (transfer full): AcSite of @branch (0: of all) that are in use, by id. */
GPtrArray *ac_site_list (AcStore *store, gint64 branch, GError **error);
typedef struct {
  gint64 member;
  const gchar *text; /* lies within the name; NULL: any */
  gboolean closed;   /* closed ones, too */
  gint64 after;      /* an id */
  guint limit;
} AcSiteSearch;

/* Returns: (transfer full): AcSite by id that @search->member is a steward of or that
 * lie within a role of theirs, whichever it is. */
GPtrArray *ac_site_list_near (AcStore *store, const AcSiteSearch *search,
                              GError **error);
/* Returns: (transfer full) (nullable): NULL without @error when there is none. */
AcSite *ac_site_get (AcStore *store, gint64 site, GError **error);

/* Returns: (transfer full): AcSite of @branch and all below it (0: of all), closed ones
 * too, by id, those with id > @after, at most @limit. */
GPtrArray *ac_site_list_within (AcStore *store, gint64 branch, gint64 after,
                                guint limit, GError **error);

/* Inside a job: its name, and whether it is closed: it has no stewards then. NULL: the
 * name stays. Errors: INVALID and EXISTS "name", NOT_FOUND "site", INVALID "closed"
 * (opened in a closed branch). */
gboolean ac_site_set (AcStore *store, gint64 site, const gchar *name, gboolean closed,
                      gint64 wall_ms, GError **error);
/* Inside a job. Errors: INVALID and EXISTS "name" (the branch has one of that name),
 * NOT_FOUND "branch"; AC_STORE_ERROR. */
gboolean ac_site_add (AcStore *store, gint64 branch, const gchar *name, gint64 wall_ms,
                      gint64 *ret_site, GError **error);
/* Inside a job: @member is a steward of @site from now on, or is none any more.
 * Errors: NOT_FOUND "site", "member"; AC_STORE_ERROR. */
gboolean ac_site_set_steward (AcStore *store, gint64 site, gint64 member,
                              gboolean steward, GError **error);

/* Returns: FALSE when @member is a steward of no site, and with @error. */
gboolean ac_site_has_steward (AcStore *store, gint64 member, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSite, ac_site_free)
