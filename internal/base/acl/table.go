package acl

// Action is a deed that the table allows or not.
type Action string

const (
	ReportSubmit  Action = "submit a report"
	ReportOpen    Action = "open a case found inside the team"
	MailboxRead   Action = "read the mailbox"
	MailboxWrite  Action = "write to the team"
	CreditConfirm Action = "confirm the credit"

	QueueRead       Action = "see the queue"
	CaseRead        Action = "see the case"
	ReportRead      Action = "read the report"
	CaseAcknowledge Action = "acknowledge"
	CaseDispose     Action = "decide on the report"
	CaseMerge       Action = "merge duplicates"
	CaseEdit        Action = "edit the case"
	CaseInvite      Action = "invite people"
	TimelineRead    Action = "read the timeline"
	NoteRead        Action = "read internal notes"
	NoteWrite       Action = "write internal notes"
	MessageRead     Action = "read messages with the reporter"
	MessageWrite    Action = "write to the reporter"
	EmbargoPropose  Action = "propose an embargo"
	EmbargoDecide   Action = "decide on the embargo"
	PatchEdit       Action = "record the patch"
	PatchReview     Action = "review the patch"
	PatchTest       Action = "test the patch"

	ProofAsk Action = "have a proof of concept interpreted"
	ProofRun Action = "interpret a proof of concept"

	DraftRead      Action = "read the draft"
	DraftEdit      Action = "edit the draft"
	DraftShare     Action = "show the draft to the reporter"
	DraftReview    Action = "review the draft"
	DraftApprove   Action = "approve the draft"
	Schedule       Action = "set the hour of the release"
	Unschedule     Action = "take back the hour of the release"
	Release        Action = "release the advisory"
	Withdraw       Action = "withdraw the advisory"
	PrenoticeWrite Action = "announce a release"
	ReleaseDue     Action = "release what is due"
	Sweep          Action = "sweep what was never filed"
	Wake           Action = "do what the clock brings"
	ChannelTry     Action = "try a channel"
	MailSend       Action = "send letters"
	MailTake       Action = "take mail in"
	MailRead       Action = "see mail that came in"
	MailDecide     Action = "decide on mail that was held back"

	LawRead Action = "see what the law wants reported"
	LawEdit Action = "say what the law wants reported"

	Distribute  Action = "tell distributors"
	StatusWrite Action = "say how far one is with the fix"
	Burn        Action = "end the embargo after a leak"

	ListRead   Action = "see the pre-disclosure lists"
	ListEdit   Action = "edit a pre-disclosure list"
	ListVet    Action = "decide on members of a pre-disclosure list"
	ListApply  Action = "apply to a pre-disclosure list"
	ListMember Action = "keep the membership in a pre-disclosure list"
	ListReach  Action = "find who may get a notice"

	Subscribe      Action = "subscribe to notices"
	NoticeSend     Action = "send notices"
	SubscriberRead Action = "see who is told"
	WebhookEdit    Action = "set up webhooks"

	AuditRead Action = "read the audit record"
	UserRead  Action = "see the team"
	UserAdmin Action = "manage people"

	RotaRead Action = "see who is on call"
	RotaEdit Action = "edit the rota"

	SystemRead Action = "see how Steward itself does"

	CensusRead Action = "read the census, where it is for the team"
)

// Table is the whole of the permissions.
var Table = map[Action][]Role{
	ReportSubmit:  {Anonymous, Reporter, Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, Fixer, Reviewer, Distributor, Coordinator},
	ReportOpen:    {Handler, Lead},
	MailboxRead:   {Reporter},
	MailboxWrite:  {Reporter},
	CreditConfirm: {Reporter},

	QueueRead:       {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor},
	CaseRead:        {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, Fixer, Reviewer, Distributor, Coordinator},
	ReportRead:      {Handler, Lead, ReleaseManager, Fixer, Reviewer, Coordinator},
	CaseAcknowledge: {Handler, Lead},
	CaseDispose:     {Handler, Lead},
	CaseMerge:       {Handler, Lead},
	CaseEdit:        {Handler, Lead},
	CaseInvite:      {Handler, Lead},
	TimelineRead:    {Handler, Lead, ReleaseManager, Auditor},
	NoteRead:        {Handler, Lead, ReleaseManager},
	NoteWrite:       {Handler, Lead, ReleaseManager},
	MessageRead:     {Handler, Lead, ReleaseManager, Coordinator},
	MessageWrite:    {Handler, Lead},
	EmbargoPropose:  {Handler, Lead, ReleaseManager, Distributor, Coordinator},
	EmbargoDecide:   {Handler, Lead},
	PatchEdit:       {Handler, Lead, Fixer},
	PatchReview:     {Handler, Lead, Reviewer},
	PatchTest:       {Handler, Lead, ReleaseManager, Fixer, Reviewer, Distributor},

	// Who asks must also be one who may read the files: see cvd.
	ProofAsk: {Handler, Lead, Fixer},
	ProofRun: {System},

	DraftRead:      {Handler, Lead, ReleaseManager, Fixer, Reviewer, Distributor, Coordinator},
	DraftEdit:      {Handler, Lead, ReleaseManager},
	DraftShare:     {Handler, Lead},
	DraftReview:    {Handler, Lead, ReleaseManager, Reviewer},
	DraftApprove:   {Lead, Handler, ReleaseManager},
	Schedule:       {Lead, ReleaseManager},
	Unschedule:     {Lead, ReleaseManager},
	Release:        {Lead, ReleaseManager},
	Withdraw:       {Lead, ReleaseManager},
	PrenoticeWrite: {Lead, ReleaseManager},
	ReleaseDue:     {System},
	Sweep:          {System},
	Wake:           {System},
	ChannelTry:     {System},
	MailSend:       {System},
	MailTake:       {System},
	MailRead:       {Handler, Lead},
	MailDecide:     {Handler, Lead},

	LawRead: {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor},
	LawEdit: {Handler, Lead, ProgrammeManager},

	Distribute:  {Handler, Lead},
	StatusWrite: {Distributor}, // for the organisation that one is a contact of
	Burn:        {Handler, Lead, ReleaseManager},

	ListRead:   {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor},
	ListEdit:   {Lead, ProgrammeManager},
	ListVet:    {Handler, Lead},
	ListApply:  {Anonymous, Reporter, Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, Fixer, Reviewer, Distributor, Coordinator},
	ListMember: {Distributor}, // a user who is a contact of that member, and nobody by a role in a case
	ListReach:  {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, System},

	Subscribe:      {Anonymous, Reporter, Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, Fixer, Reviewer, Distributor, Coordinator},
	NoticeSend:     {System},
	SubscriberRead: {Lead, ReleaseManager},
	WebhookEdit:    {Lead},

	AuditRead: {Lead, Auditor},
	UserRead:  {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor},
	UserAdmin: {Lead},

	// Steward reads the rota to know whom to wake.
	RotaRead: {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor, System},
	RotaEdit: {Lead, ProgrammeManager},

	SystemRead: {Lead, System},

	CensusRead: {Handler, Lead, ReleaseManager, ProgrammeManager, Auditor},
}
