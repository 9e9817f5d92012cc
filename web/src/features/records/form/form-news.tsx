import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Hints } from "./duplicate-hints";
import type { Messages } from "./faults";

interface FormNewsProps {
  /** How many fields there are to be seen. */
  readonly count: number;
  readonly notes: Messages;
  readonly hints: Hints;
}

/** Says what a choice has done to the rest of the form: fields shown, hidden or emptied, a duplicate. */
export function FormNews({ count, notes, hints }: FormNewsProps) {
  const { t } = useTranslation();
  const [before, setBefore] = useState({ count, notes, hints });
  const [news, setNews] = useState("");
  if (before.count !== count || before.notes !== notes || before.hints !== hints) {
    setBefore({ count, notes, hints });
    const difference = Math.abs(count - before.count);
    const said = [
      difference > 0 &&
        t(count > before.count ? "form.shown" : "form.hidden", { count: difference }),
      ...added(before.notes, notes),
      Object.keys(added(before.hints, hints)).length > 0 && t("duplicate.hint"),
    ].filter(Boolean);
    if (said.length > 0) setNews(said.join(" "));
  }
  return (
    <p className="unseen" role="status" data-testid="form.news">
      {news}
    </p>
  );
}

function added<T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>) {
  return Object.entries(after).flatMap(([name, value]) => (before[name] === value ? [] : [value]));
}
