/** How serious a diagnostic is. Only errors make parsing or resolution fail. */
export type Severity = "error" | "warning" | "info";

/**
 * Every diagnostic of the IDL front end: stable code and severity.
 * TH1 syntax, TH2 files and names, TH3 types and members, TH4 constants, TH5 services, TH9 limits.
 */
const table = {
  unexpectedCharacter: ["TH1001", "error"],
  unterminatedString: ["TH1002", "error"],
  unterminatedComment: ["TH1003", "error"],
  badEscape: ["TH1004", "error"],
  unknownAnnotationEscape: ["TH1005", "warning"],
  badNumber: ["TH1006", "error"],
  numberOutOfRange: ["TH1007", "error"],
  leadingZero: ["TH1008", "warning"],
  exponent: ["TH1009", "info"],
  unexpectedToken: ["TH1010", "error"],
  headerAfterDefinition: ["TH1011", "error"],
  unexpectedSeparator: ["TH1012", "error"],
  dottedName: ["TH1013", "error"],
  removedType: ["TH1014", "error"],
  ignoredConstruct: ["TH1015", "info"],
  unclosedBlock: ["TH1016", "error"],
  includeNotFound: ["TH2001", "error"],
  includeUnreadable: ["TH2002", "error"],
  includeCycle: ["TH2003", "warning"],
  unusedInclude: ["TH2004", "info"],
  ambiguousPrefix: ["TH2005", "warning"],
  ambiguousReference: ["TH2006", "error"],
  duplicateDefinition: ["TH2007", "error"],
  undefinedType: ["TH2008", "error"],
  notAType: ["TH2009", "error"],
  shadowedByBaseType: ["TH2010", "warning"],
  duplicateNamespace: ["TH2011", "warning"],
  cyclicTypedef: ["TH3001", "error"],
  unsupportedType: ["TH3002", "error"],
  voidType: ["TH3003", "error"],
  duplicateFieldId: ["TH3004", "error"],
  duplicateFieldName: ["TH3005", "error"],
  fieldIdOutOfRange: ["TH3006", "error"],
  nonPositiveFieldId: ["TH3007", "warning"],
  implicitFieldId: ["TH3008", "warning"],
  endlessStruct: ["TH3009", "error"],
  unhashableMapKey: ["TH3010", "warning"],
  duplicateEnumName: ["TH3011", "error"],
  duplicateEnumValue: ["TH3012", "error"],
  enumValueOutOfRange: ["TH3013", "error"],
  unionRequiredMember: ["TH3014", "warning"],
  unionDefaults: ["TH3015", "error"],
  exceptionAsType: ["TH3016", "warning"],
  undefinedValue: ["TH4001", "error"],
  valueMismatch: ["TH4002", "error"],
  valueOutOfRange: ["TH4003", "error"],
  ambiguousValue: ["TH4004", "error"],
  cyclicConstant: ["TH4005", "error"],
  unknownMember: ["TH4006", "error"],
  duplicateKey: ["TH4007", "error"],
  unnamedEnumNumber: ["TH4008", "warning"],
  undefinedService: ["TH5001", "error"],
  cyclicExtends: ["TH5002", "error"],
  duplicateFunction: ["TH5003", "error"],
  inheritedFunction: ["TH5004", "error"],
  onewayResult: ["TH5005", "error"],
  onewayThrows: ["TH5006", "error"],
  notAnException: ["TH5007", "error"],
  ignoredRequiredness: ["TH5008", "warning"],
  badStreamingMode: ["TH5009", "error"],
  streamingShape: ["TH5010", "error"],
  reservedFunctionName: ["TH5011", "warning"],
  fileTooLarge: ["TH9001", "error"],
  tooManyTokens: ["TH9002", "error"],
  nestedTooDeep: ["TH9003", "error"],
  tooManyFiles: ["TH9004", "error"],
  includedTooDeep: ["TH9005", "error"],
  typeTooLarge: ["TH9006", "error"],
  valueTooLarge: ["TH9007", "error"],
  tooManyAncestors: ["TH9008", "error"],
  tooManyErrors: ["TH9009", "error"],
} as const satisfies Record<string, readonly [code: string, severity: Severity]>;

/** Internal name of a diagnostic; call sites read better with it than with the number. */
export type DiagnosticName = keyof typeof table;

/** The stable, documented code of a diagnostic, such as `"TH2008"`. */
export type DiagnosticCode = (typeof table)[DiagnosticName][0];

/** Code and severity of each diagnostic by name. */
export const diagnosticTable: { readonly [N in DiagnosticName]: readonly [code: DiagnosticCode, severity: Severity] } = table;
