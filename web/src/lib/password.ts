/** The fewest characters a password may have. */
export const shortestPassword = 12;

/** How good a password is. */
export type Strength = "short" | "weak" | "fair" | "strong";

/** Judges a password by its length and by how varied it is. */
export function passwordStrength(password: string): Strength {
  if (Array.from(password).length < shortestPassword) return "short";
  const different = new Set(password).size;
  if (different < 6) return "weak";
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((one) => one.test(password));
  const score = Array.from(password).length + different / 2 + classes.length * 3;
  return score >= 32 ? "strong" : "fair";
}

/** Whether a password is long enough to be tried. */
export const longEnough = (password: string): boolean => passwordStrength(password) !== "short";
