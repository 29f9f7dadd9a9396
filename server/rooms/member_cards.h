/* member_cards.h - cards for the members of a branch, to be printed.
 *
 * A card's code is stored hashed, so that it cannot be printed twice: who has a good
 * card keeps it, unless all are to have new ones.
 *
 * Threads: inside a job. Errors: AC_STORE_ERROR; AC_CREDIT_ERROR as said. */
#pragma once

#include "member_card.h"

#include <glib.h>

/* A hundred pages. */
#define AC_MEMBER_CARDS_MAX 1000

typedef struct {
  gint64 member;  /* of this one alone, whose last card is worthless then; 0: of all who
                     belong to */
  gint64 branch;  /* or below it, on either side; 0: all there are */
  gboolean again; /* those too who have a card: theirs is worthless then */
  gint64 actor;   /* 0: the operator */
  const gchar *reason; /* (nullable): noted for audit, since whole names leave */
} AcMemberCardsAsk;

typedef struct {
  gint64 member;
  gchar *number, *name;
  gchar *branch; /* the home branch's name, else the host's, else "" */
  gboolean had;  /* they have a good card, which this one replaces */
  gchar code[AC_MEMBER_CARD_CHARS + 1];
} AcMemberCard;

void ac_member_card_free (AcMemberCard *card);

/* One job, of a statement or two a card: either all are made, or none is; a thousand
 * take it some ten milliseconds.
 * @ret_cards: (out) (transfer full): AcMemberCard, branch by branch, by number
 * Errors: NOT_FOUND "branch", "member"; STATE "branch" (everybody has one, or nobody is
 * there); INVALID "branch" (more than AC_MEMBER_CARDS_MAX). */
gboolean ac_member_cards_make (AcStore *store, const AcMemberCardsAsk *ask,
                               gint64 wall_ms, GPtrArray **ret_cards, GError **error);
