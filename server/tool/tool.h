/* tool.h - the command airclass. */
#pragma once

#include <glib.h>

/* Runs the command line; returns the exit code, of sysexits.h. */
gint ac_tool_main (gint argc, gchar **argv);
