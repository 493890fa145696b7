struct Thing { 1: string label }
enum Shade { LIGHT, DARK }
