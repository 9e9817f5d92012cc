import { useQuery } from "@tanstack/react-query";
import { checkQuery } from "@/api/expressions";
import { FieldFrame } from "@/components/field-frame";
import { TextArea } from "@/components/text-input";
import { useDebounced } from "@/lib/use-debounced";

const restBeforeAsking = 300;

/** What is wrong with an expression that says which records of an object are meant, once it rests. */
export function useRuleFault(object: string, rule: string): string | undefined {
  const rested = useDebounced(rule.trim(), restBeforeAsking);
  const { data } = useQuery({
    ...checkQuery(object, "scope", rested),
    enabled: object !== "" && rested !== "" && rested === rule.trim(),
  });
  return data?.valid === false ? data.error.message : undefined;
}

interface RuleFieldProps {
  readonly object: string;
  readonly label: string;
  readonly help: string;
  readonly required?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly testId: string;
}

/** An expression about records, checked while it is written. */
export function RuleField({ object, value, onChange, testId, ...frame }: RuleFieldProps) {
  return (
    <FieldFrame {...frame} error={useRuleFault(object, value)}>
      {(ids) => <TextArea ids={ids} value={value} onChange={onChange} testId={testId} />}
    </FieldFrame>
  );
}
