import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "@/testing/render";
import { BarChart } from "./bar-chart";
import { type ChartPoint, spaced, ticksTo } from "./chart";
import { FunnelChart } from "./funnel-chart";
import { LineChart } from "./line-chart";

function point(label: string, ...values: (number | null)[]): ChartPoint {
  const texts = values.map((value) => (value === null ? "—" : String(value)));
  return { key: label, label, values, texts, to: `/o/lead?where=${label}` };
}

const widths = (name: string) =>
  [...document.querySelectorAll<HTMLElement>(`[class*="${name}"]`)].map((bar) => bar.style.width);

describe("the scale of a chart", () => {
  it("goes in round steps from nothing to beyond the largest value", () => {
    expect(ticksTo(53)).toEqual([0, 20, 40, 60]);
    expect(ticksTo(3)).toEqual([0, 1, 2, 3]);
    expect(ticksTo(1_283_000)).toEqual([0, 500_000, 1_000_000, 1_500_000]);
    expect(ticksTo(0)).toEqual([0, 1]);
  });

  it("names as many places as there is room for, the last one always", () => {
    const named = spaced(12, 5);
    expect(Array.from({ length: 12 }, (_, at) => at).filter(named)).toEqual([2, 5, 8, 11]);
  });
});

describe("bars", () => {
  it("are as long as their values, and lead to what is behind them", () => {
    show(<BarChart series={["Leads"]} points={[point("web", 40), point("fair", 10)]} />);
    expect(widths("_bar_")).toEqual(["100%", "25%"]);
    const [first] = screen.getAllByRole("link");
    expect(first?.textContent).toBe("web40");
    expect(first?.getAttribute("href")).toBe("/o/lead?where=web");
  });

  it("of several measures stand side by side, and say which is which", () => {
    show(
      <BarChart series={["Leads", "Won"]} points={[point("web", 40, 20), point("x", 1, null)]} />,
    );
    expect(widths("_bar_")).toEqual(["100%", "50%", "2.5%", "0%"]);
    expect(screen.getByText("Won")).toBeTruthy();
    expect(screen.getByText("—")).toBeTruthy();
  });

  it("below nothing begin on its other side", () => {
    show(<BarChart series={["Profit"]} points={[point("a", 30), point("b", -10)]} />);
    const bars = [...document.querySelectorAll<HTMLElement>('[class*="_bar_"]')];
    expect(bars.map((bar) => bar.style.marginInlineStart)).toEqual(["25%", "0%"]);
  });
});

describe("a funnel", () => {
  it("says of each step its part of the first", () => {
    const share = (part: number) => `${part * 100}%`;
    show(<FunnelChart series={["n"]} points={[point("new", 8), point("won", 2)]} share={share} />);
    expect(widths("_stepBar_")).toEqual(["100%", "25%"]);
    expect(screen.getByText("25%")).toBeTruthy();
  });

  it("of nothing has no parts", () => {
    const share = (part: number) => `${part * 100}%`;
    show(<FunnelChart series={["n"]} points={[point("new", 0), point("won", 0)]} share={share} />);
    expect(screen.getAllByText("0%")).toHaveLength(2);
  });
});

describe("a line", () => {
  it("says each of its values, and leads to what is behind it", () => {
    show(
      <LineChart
        series={["Leads"]}
        points={[point("Jan", 4), point("Feb", null), point("Mar", 8)]}
        scale={String}
        room={6}
      />,
    );
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("aria-label"));
    expect(links).toEqual(["Jan: 4", "Mar: 8"]);
    const drawn = document.querySelector("path[data-series]")?.getAttribute("d") ?? "";
    expect(drawn.match(/M/g)).toHaveLength(2);
  });
});
