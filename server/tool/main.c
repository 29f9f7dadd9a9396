#include "tool.h"

int
main (int argc, char **argv)
{
  return ac_tool_main (argc, argv);
}
