/* report_desk.h - reports, and other papers, made beside the main loop.
 *
 * One thread, which reads the database through a connection of its own, makes them one
 * after the other: a whole county takes seconds and tens of megabytes.
 *
 * Threads:   main loop; answers come there too.
 * Ownership: plain. */
#pragma once

#include "executor.h"
#include "report.h"
#include "report_file.h"

typedef struct _AcReportDesk AcReportDesk;

/* Made or waiting at a time; who comes then is told to come again. */
#define AC_REPORT_ORDERS_MAX 8

typedef struct {
  AcReportKind kind;
  AcReportForm form;
  AcReportAsk *ask;
  gchar *code, *address; /* of a transcript; NULL: none */
} AcReportOrder;

void ac_report_order_free (AcReportOrder *order);

AcReportDesk *ac_report_desk_new (const gchar *data_dir, AcExecutor executor);
/* Waits for the report at hand; the others are answered BUSY, from inside. */
void ac_report_desk_free (AcReportDesk *self);

gboolean ac_report_desk_is_full (AcReportDesk *self);

/* @file: NULL with @error.
 * Errors: of ac_report_make(), ac_report_write(), ac_store_open_to_read();
 * AC_STORE_ERROR BUSY. */
typedef void (*AcReportDone) (GBytes *file, const GError *error, gpointer user_data);

/* @order: taken. @done comes once, never from inside. */
void ac_report_desk_order (AcReportDesk *self, AcReportOrder *order, AcReportDone done,
                           gpointer user_data);

/* Keeps a place for what must not be turned away later: it is drawn, or left.
 * Returns: FALSE when the desk is full. */
gboolean ac_report_desk_take_place (AcReportDesk *self);
void ac_report_desk_leave_place (AcReportDesk *self);

/* On the desk's thread. Returns: (transfer full) (nullable): NULL with @error. */
typedef GBytes *(*AcReportDraw) (gpointer data, GError **error);

/* A paper that reads no database, at a place that was taken. @data: @draw's and
 * @done's. @done comes once, never from inside. Errors: @draw's; AC_STORE_ERROR BUSY
 * when the desk is closed. */
void ac_report_desk_draw (AcReportDesk *self, AcReportDraw draw, AcReportDone done,
                          gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReportOrder, ac_report_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReportDesk, ac_report_desk_free)
