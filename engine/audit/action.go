package audit

// What an entry may tell of.
const (
	Login               = "login"
	LoginFailed         = "login_failed"
	Logout              = "logout"
	SessionEnded        = "session_ended"
	SessionsEnded       = "sessions_ended"
	PasswordChanged     = "password_changed"
	PasswordRefused     = "password_refused"
	PasswordLinkMade    = "password_link_made"
	PasswordSetByLink   = "password_set_by_link"
	SecondFactorOn      = "second_factor_on"
	SecondFactorOff     = "second_factor_off"
	SecondFactorReset   = "second_factor_reset"
	SecondFactorFailed  = "second_factor_failed"
	PasskeyAdded        = "passkey_added"
	PasskeyRemoved      = "passkey_removed"
	PasskeyRefused      = "passkey_refused"
	RecoveryCodesMade   = "recovery_codes_made"
	ProviderAdded       = "provider_added"
	ProviderChanged     = "provider_changed"
	ProviderDeleted     = "provider_deleted"
	ProviderTested      = "provider_tested"
	ProviderLinked      = "provider_linked"
	KeyCreated          = "key_created"
	KeyRevoked          = "key_revoked"
	InvitationMade      = "invitation_made"
	InvitationTakenBack = "invitation_taken_back"
	InvitationAccepted  = "invitation_accepted"
	PersonCreated       = "person_created"
	PersonChanged       = "person_changed"
	PersonDeleted       = "person_deleted"
	PersonRestored      = "person_restored"
	ShareCreated        = "share_created"
	ShareEnded          = "share_ended"
	DefinitionsChanged  = "definitions_changed"
	SettingChanged      = "setting_changed"
	ImportRun           = "import_run"
	ImportUndone        = "import_undone"
	Export              = "export"
	DuplicateShown      = "duplicate_shown"
	HandoverBegun       = "handover_begun"
	HandoverUndone      = "handover_undone"
	DelegationBegun     = "delegation_begun"
	DelegationEnded     = "delegation_ended"
	RecordErased        = "record_erased"
	BackupWritten       = "backup_written"
	AuditRead           = "audit_read"
	ViewAsBegan         = "view_as_began"
	ViewAsEnded         = "view_as_ended"
)

// Actions lists what an entry may tell of.
func Actions() []string {
	return []string{
		Login, LoginFailed, Logout, SessionEnded, SessionsEnded, PasswordChanged, PasswordRefused, PasswordLinkMade, PasswordSetByLink,
		SecondFactorOn, SecondFactorOff, SecondFactorReset, SecondFactorFailed, PasskeyAdded, PasskeyRemoved, PasskeyRefused, RecoveryCodesMade, ProviderAdded, ProviderChanged, ProviderDeleted, ProviderTested, ProviderLinked, KeyCreated, KeyRevoked,
		InvitationMade, InvitationTakenBack, InvitationAccepted, PersonCreated, PersonChanged, PersonDeleted, PersonRestored, ShareCreated, ShareEnded,
		DefinitionsChanged, SettingChanged, ImportRun, ImportUndone, Export, DuplicateShown, HandoverBegun, HandoverUndone, DelegationBegun, DelegationEnded, RecordErased, BackupWritten, AuditRead, ViewAsBegan, ViewAsEnded,
	}
}
