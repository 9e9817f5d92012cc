import { Segmented as KitSegmented } from "antd";

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly testId?: string;
}

/** One of two to four choices, all visible. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  return (
    <KitSegmented<T>
      aria-label={props.label}
      value={props.value}
      options={props.choices.map((choice) => ({ ...choice }))}
      onChange={props.onChange}
      data-testid={props.testId}
    />
  );
}
