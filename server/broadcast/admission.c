#include "admission.h"

static gchar *
in_cores (guint64 millicores)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, millicores / 1000,
                          millicores % 1000 / 100);
}

gchar *
ac_admission_refuse (const AcAdmissionFacts *facts)
{
  guint32 lesson = facts->lesson_millicores != 0 ? facts->lesson_millicores
                                                 : AC_ADMISSION_LESSON_MILLICORES;
  guint64 most = (guint64)facts->cores_millicores * facts->max_cpu_percent / 100;
  guint64 used = facts->cores_millicores -
                 MIN (facts->idle_millicores, facts->cores_millicores) +
                 (guint64)facts->n_young * lesson;
  g_autofree gchar *used_text = in_cores (used), *most_text = in_cores (most);
  g_autofree gchar *lesson_text = in_cores (lesson);

  if (facts->cores_millicores == 0 || facts->n_running == 0)
    return NULL;
  if (facts->n_shed > 0)
    return g_strdup_printf (
        "This machine cannot carry another lesson: it is leaving out %u rendition%s of "
        "those on air; end one of them or publish to another server.",
        facts->n_shed, facts->n_shed == 1 ? "" : "s");
  if (used + lesson <= most)
    return NULL;
  return g_strdup_printf (
      "This machine cannot carry another lesson: %s of the %s processor cores that may "
      "be used are taken, and a lesson takes about %s; end one or publish to another "
      "server.",
      used_text, most_text, lesson_text);
}
