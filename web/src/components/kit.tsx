import { ConfigProvider, type ConfigProviderProps, theme as kitTheme } from "antd";
import english from "antd/locale/en_US";
import dayjs from "dayjs";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import {
  colours,
  type Density,
  densities,
  fonts,
  motion,
  type Scheme,
  sizes,
} from "@/styles/tokens";
import "dayjs/locale/zh-cn";
import { accented } from "./accent";
import { useMedia } from "./use-media";

type KitLocale = NonNullable<ConfigProviderProps["locale"]>;

/** The UI kit, dressed in the design tokens. Everything that uses it stands inside. */
export function Kit(props: {
  scheme: Scheme;
  density: Density;
  language: string;
  /** The colour that the organisation has chosen, or "". */
  accent: string;
  children: ReactNode;
}) {
  const { scheme, density, language, accent } = props;
  const still = useMedia("(prefers-reduced-motion: reduce)");
  const theme = useMemo(
    () => kitThemeFor(scheme, density, language, still, accent),
    [scheme, density, language, still, accent],
  );
  const locale = useKitLocale(language);
  return (
    <ConfigProvider
      theme={theme}
      locale={locale}
      csp={{ nonce: pageNonce() }}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      {props.children}
    </ConfigProvider>
  );
}

/** The nonce that this answer's style elements must carry. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/**
 * Gives every style element made by a script the page's nonce. Two corners of the UI kit (the
 * scroll lock and the scroll-bar measure) make theirs without asking for it.
 */
export function nonceStyles(nonce: string): void {
  const create = document.createElement;
  document.createElement = function createWithNonce(
    this: Document,
    name: string,
    options?: ElementCreationOptions,
  ) {
    const element = create.call(this, name, options);
    if (name === "style") element.nonce = nonce;
    return element;
  };
}

/** The kit's own texts. There are always some: without, the kit would draw everything anew. */
function useKitLocale(language: string): KitLocale {
  const [locale, setLocale] = useState<KitLocale>(english);
  useEffect(() => {
    let current = true;
    const chinese = language.startsWith("zh");
    dayjs.locale(chinese ? "zh-cn" : "en");
    if (chinese) import("antd/locale/zh_CN").then((texts) => current && setLocale(texts.default));
    else setLocale(english);
    return () => {
      current = false;
    };
  }, [language]);
  return locale;
}

function kitThemeFor(
  scheme: Scheme,
  density: Density,
  language: string,
  still: boolean,
  accent: string,
): NonNullable<ConfigProviderProps["theme"]> {
  const c = { ...colours[scheme], ...accented(scheme, accent) };
  const { control } = densities[density];
  return {
    // The kit derives shades from these; where it does, ours stand.
    algorithm: (seed) => ({
      ...(scheme === "dark" ? kitTheme.darkAlgorithm(seed) : kitTheme.defaultAlgorithm(seed)),
      colorPrimary: c.brand,
      colorError: c.danger,
      colorWarning: c.warning,
      colorSuccess: c.success,
      colorInfo: c.info,
      colorLink: c.link,
      colorLinkHover: c.link,
    }),
    token: {
      colorPrimary: c.brand,
      colorPrimaryHover: c["brand-hover"],
      colorPrimaryActive: c["brand-hover"],
      colorPrimaryBg: c["bg-selected"],
      colorPrimaryBorder: c.brand,
      colorTextLightSolid: c["brand-text"],
      colorLink: c.link,
      colorError: c.danger,
      colorErrorBorder: c.danger,
      colorWarning: c.warning,
      colorSuccess: c.success,
      colorInfo: c.info,
      colorText: c.text,
      colorTextSecondary: c["text-2"],
      colorTextTertiary: c["text-3"],
      colorTextQuaternary: c["text-3"],
      colorTextPlaceholder: c["text-3"],
      colorTextDescription: c["text-3"],
      colorTextDisabled: c["text-3"],
      colorBgContainer: c.bg,
      colorBgElevated: c["bg-raised"],
      colorBgLayout: c["bg-subtle"],
      colorBgContainerDisabled: c["bg-subtle"],
      colorBgTextHover: c["bg-hover"],
      colorBorder: c.border,
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      colorBgMask: c.scrim,
      controlItemBgHover: c["bg-hover"],
      controlItemBgActive: c["bg-selected"],
      controlItemBgActiveHover: c["bg-selected"],
      boxShadow: c["shadow-modal"],
      boxShadowSecondary: c["shadow-popover"],
      borderRadius: sizes["radius-control"],
      borderRadiusLG: sizes["radius-card"],
      borderRadiusSM: sizes["radius-chip"],
      borderRadiusXS: sizes["radius-chip"],
      fontFamily: language.startsWith("zh") ? fonts.zh : fonts.en,
      fontSize: sizes["text-body"],
      controlHeight: control,
      controlHeightSM: density === "touch" ? control : sizes.target + sizes["space-1"],
      motion: !still,
      motionDurationFast: `${motion.state}s`,
      motionDurationMid: `${motion.popover}s`,
      motionDurationSlow: `${motion.sheet}s`,
      controlOutlineWidth: 0,
      opacityLoading: 1,
    },
    components: {
      Button: {
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        fontWeight: 400,
        textHoverBg: c["bg-hover"],
        paddingInline: sizes["space-3"],
      },
      Input: { activeShadow: "none" },
      Select: { optionSelectedFontWeight: 600 },
      Segmented: {
        trackBg: scheme === "dark" ? c.bg : c["bg-hover"],
        itemSelectedBg: scheme === "dark" ? c.line : c["bg-raised"],
        itemColor: c["text-2"],
        itemSelectedColor: c.text,
        // Each choice is as high as a control, and the track around it.
        ...(density === "touch" && { controlHeight: control + sizes["space-1"] }),
      },
      Tooltip: { colorBgSpotlight: c.text, colorTextLightSolid: c.bg },
      Modal: { titleFontSize: sizes["text-h2"] },
    },
  };
}
