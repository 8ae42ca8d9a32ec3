/**
 * The one door to @vscode/webview-ui-toolkit, which is archived: whatever replaces it is registered here under the same names.
 * Elements in use: `vscode-button`, `vscode-text-field`, `vscode-checkbox`, `vscode-dropdown` with `vscode-option`,
 * `vscode-radio-group` with `vscode-radio`, and `vscode-panels` with `vscode-panel-tab` and `vscode-panel-view`.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeRadio,
  vsCodeRadioGroup,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
  vsCodeRadio(),
  vsCodeRadioGroup(),
  vsCodeTextField(),
);
