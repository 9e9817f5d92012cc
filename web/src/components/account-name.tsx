/** Tells a password manager, and nobody else, whose password the form is about. */
export function AccountName({ email }: { email: string }) {
  return (
    <input
      className="unseen"
      type="email"
      autoComplete="username"
      value={email}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
