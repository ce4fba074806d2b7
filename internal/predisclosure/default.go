package predisclosure

// The points that the default list settles are those that two policies in use
// for many years settle; the words are ours.
//
// The Xen Project's predisclosure list
// (https://xenproject.org/developers/security-policy/, "Predisclosure list"):
// who qualifies, with a product or service that the public can get; the
// application names it with evidence, a security contact that is a role
// address, and a statement to abide by the policy; confidence within the
// organisation and towards its customers; what may be deployed before the
// disclosure is said for each advisory (the section "Deployment during embargo"
// of an XSA), while updated software may be given to other members only;
// members may talk with each other; who breaks the rules may be removed.
//
// The distros lists (https://oss-security.openwall.org/wiki/mailing-lists/distros,
// and for the criteria
// https://www.openwall.com/lists/oss-security/2017/06/28/17): a distribution
// that is maintained, has users outside of its own organisation, has for a year
// shipped fixes within ten days of disclosure, is not a mere rebuild of another
// one and follows what is public already; encrypted mail; need to know; an
// embargo of at most 14 days; leaks are reported at once.

const defaultConditions = `## Who qualifies

You can join if all of this is so:

- You build and ship our software, or something that contains it, as a
  distribution, a product or a service that **anyone can get**, free or for money.
- People outside of your own organisation rely on it.
- You make your own builds. If you rebuild what another member ships, say why
  you need to know earlier than their packages appear.
- For at least a year you have shipped security fixes, usually within ten days
  of their disclosure, and this can be seen in public.
- A page of yours says how to reach your security team, and that team answers.
- You read encrypted mail (OpenPGP) at an address that several people of the
  team read, and you follow what is announced in public.

A small distribution is as welcome as a large one. To run our software for
yourself alone, however much of it, is not enough; ask your vendor to join.

## What you may do with what you learn

- **Use it only to prepare the fix** for your users, and show it only to people
  of your organisation who need it for that. They are bound as you are.
- **Build and test** the fix in private: no public repository, bug tracker,
  build log or package server.
- **Talk about it** with us and with other members of this list who got the same
  notice. Ask us before you tell anyone else.
- **Publish nothing** before the hour of the notice: no packages, no source, no
  advisory, no hint of what is coming or how grave it is.

## Before the hour

Each notice says whether you may **deploy** the fix on systems that you run
yourself before the hour. If it does not say so, you may not: what changes on
a public system can show others what was wrong. Giving the fix to customers is
never allowed before the hour.

We keep embargoes short, two weeks at most as a rule. The hour may come earlier
if the matter becomes known. If you learn or suspect that something has leaked,
by you or by others, **tell us at once**, before anything else.

## Staying a member

- Once a year a contact of yours confirms that you still qualify and that your
  contacts and keys are right. Without that, notices stop.
- When we change the agreement, you accept the new one by the date that we name.
- Keep a key that has not expired, and at least one contact who can sign in.

## What ends a membership

You can leave at any time; what you know until then stays in confidence. We
suspend a member while we look into a leak, and when the points above are not
met. We remove a member who broke the confidence, did not tell us of a leak, or
no longer qualifies. Who is removed is told why.

Two people of our team look at each application. Applications that come while a
notice is out are decided after its hour.
`

const defaultAgreement = `By joining this list we agree for our organisation:

1. We keep what we are told in confidence until the hour that the notice names,
   or until the team tells us that it is public.
2. Only people of our organisation who need it to prepare the fix get to know
   it. We tell them that they are bound by this agreement, and we answer for them.
3. Before the hour we publish and ship nothing that comes from a notice, neither
   binary nor source, and deploy it only where the notice allows it.
4. We store and send it encrypted, and keep it out of systems that others can read.
5. If it has leaked, or may have, we tell the team at once and help to find out how.
6. We keep our contacts and keys right, confirm once a year that we still
   qualify, and say so when we no longer do.
7. We may be suspended or removed as the conditions of the list say. When our
   membership ends, what we have learned stays in confidence until it is public.
8. The team promises no notice of any particular matter, and no warranty.
`

// DefaultList is a list to begin with: its conditions and agreement cover what
// the policies of long-lived lists cover. It is closed until a team opens it.
func DefaultList() List {
	return List{
		ID:           "distributors",
		Name:         "Distributors",
		Conditions:   defaultConditions,
		Agreement:    Agreement{Text: defaultAgreement},
		AttestMonths: 12,
	}
}
