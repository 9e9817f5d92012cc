import { AwayBlock } from "./away/away-block";
import { ChangePassword } from "./change-password";
import { KeyboardBlock } from "./keyboard-block";
import { LookBlock } from "./look-block";
import { PasskeysBlock } from "./passkeys-block";
import { PersonBlock } from "./person-block";
import { SamplesBlock } from "./samples-block";
import { SecondFactorBlock } from "./second-factor-block";
import { SessionsBlock } from "./sessions-block";
import { SettingsFrame } from "./settings-frame";

/** Oneself: name, language, time zone, the look of this device, how one signs in. */
export default function ProfilePage() {
  return (
    <SettingsFrame>
      <PersonBlock />
      <LookBlock />
      <KeyboardBlock />
      <AwayBlock />
      <ChangePassword />
      <PasskeysBlock />
      <SecondFactorBlock />
      <SessionsBlock />
      <SamplesBlock />
    </SettingsFrame>
  );
}
