struct Thing { 1: string label }
struct User { 1: string other }
