import type { CSSProperties, ReactNode } from "react";
import { Link } from "react-router";
import type { ChartPoint } from "./chart";

interface PointLinkProps {
  readonly point: ChartPoint;
  readonly className: string | undefined;
  readonly style?: CSSProperties;
  readonly label?: string;
  readonly children?: ReactNode;
}

/** A part of a chart; it leads to what is behind it, where that can be shown. */
export function PointLink({ point, className, style, label, children }: PointLinkProps) {
  if (!point.to) {
    return (
      <span className={className} style={style}>
        {label && <span className="unseen">{label}</span>}
        {children}
      </span>
    );
  }
  return (
    <Link
      to={point.to}
      className={className}
      style={style}
      aria-label={label}
      title={label}
      data-testid={`point.${point.key}`}
    >
      {children}
    </Link>
  );
}
