package ub

// Items counts Annex J.2 of C17 in its order, as CERT C does.
const Items = 203

// Missing is an item of Annex J.2 that the interpreter does not show.
type Missing struct {
	J2     int    // the item, from 1
	Clause string // of C17, as the item names it
	What   string // the item in our own words
	Why    string // why it is not shown
}

const (
	whyTranslate = "a matter of the source text before parsing: nothing of it is left when the program runs"
	whyRefused   = "translators refuse it, and so does the front end: the answer is an error with its line"
	whyMacro     = "a matter of macros of the standard headers that is over before the program is parsed"
	whyAccepted  = "6.6p10 lets an implementation accept more constant expressions; those that it does not accept are an error with their line"
	whyHost      = "a matter of the host's files or commands; the interpreter has its own headers and runs no command"
	whyAsync     = "no signal comes by itself in the interpreter: raise and abort are the only sources"
	whyLocale    = "the interpreter has one locale, so the category cannot change between the two calls"
	whyCharset   = "characters are bytes read as UTF-8 in the one locale, without shift states; a bad sequence gives EILSEQ"
)

// missing is in the order of the items.
var missing = []Missing{
	{2, "5.1.1.2", "a source file does not end in a new-line, or ends inside a comment or token", whyTranslate},
	{3, "5.1.1.2", "pasted tokens make a universal character name", whyTranslate},
	{6, "5.2.1", "a character outside the basic set stands where none may", whyTranslate},
	{7, "5.2.1.2", "a name, comment or literal holds an invalid multibyte character", whyTranslate},
	{13, "6.2.6.1", "a store through a type that is no character type makes a trap representation", "only _Bool has such bits on the machines offered; storing them as another type is shown as effective-type, reading them as trap-representation"},
	{14, "6.2.6.2", "an operator makes a negative zero that the machine does not have", "all machines offered use two's complement, which has no negative zero"},
	{18, "6.3.1.5", "a floating value is too large for a narrower floating type", "the machines follow IEC 60559 (Annex F), where the result is an infinity and in range"},
	{27, "6.4", "a quote has no partner on its line", whyTranslate},
	{28, "6.4.1", "a keyword is used as something else", whyRefused},
	{29, "6.4.2.1", "a universal character name in a name is not one of those allowed", whyTranslate},
	{30, "6.4.2.1", "a name begins with a universal character name for a digit", whyTranslate},
	{31, "6.4.2.1", "two names differ only past the significant characters", "every character of a name is significant in the interpreter"},
	{32, "6.4.2.2", "__func__ is declared", whyRefused},
	{34, "6.4.7", "a header's name holds quotes, backslashes or comment marks", whyTranslate},
	{44, "6.5.4", "a pointer is cast to a type that is neither an integer nor a pointer", whyRefused},
	{50, "6.5.6", "the difference of two pointers does not fit in ptrdiff_t", "no object within the limits of memory is that large on any machine offered"},
	{55, "6.6", "an integer constant expression has parts that it may not have", whyAccepted},
	{56, "6.6", "an initialiser that must be constant is none of the allowed forms", whyAccepted},
	{57, "6.6", "an arithmetic constant expression has parts that it may not have", whyAccepted},
	{58, "6.6", "an address constant reads the value of an object", whyAccepted},
	{80, "6.7.9", "the value of an unnamed member is used", "no expression can name it, and copying it as bytes is allowed"},
	{90, "6.10.1", "a #if makes the word defined by expanding a macro", whyTranslate},
	{91, "6.10.2", "an #include has neither form after expansion", whyRefused},
	{92, "6.10.2", "the name in an #include does not begin with a letter", whyTranslate},
	{93, "6.10.3", "a directive stands among the arguments of a macro", whyTranslate},
	{94, "6.10.3.2", "the # operator makes no valid string", whyTranslate},
	{95, "6.10.3.3", "the ## operator makes no valid token", whyTranslate},
	{96, "6.10.4", "a #line has no valid form or number", whyTranslate},
	{97, "6.10.6", "a #pragma documented as undefined is met", "the interpreter documents none"},
	{98, "6.10.6", "a #pragma STDC has no valid form", whyTranslate},
	{99, "6.10.8", "a predefined macro or the word defined is defined or undefined", whyTranslate},
	{101, "7.1.2", "a file with a standard header's name is put into the standard places", whyHost},
	{102, "7.1.2", "a header is included inside a declaration", whyTranslate},
	{103, "7.1.2", "something of a header is used before the header is included", whyRefused},
	{104, "7.1.2", "a header is included while a keyword is a macro", whyTranslate},
	{105, "7.1.2", "a library function is declared by hand without external linkage", "the declared function is then the program's own, and nothing of the library is reached by it"},
	{107, "7.1.3", "a macro with a reserved name is undefined", whyTranslate},
	{110, "7.2", "the macro assert is taken away to reach a function", whyMacro},
	{111, "7.2", "the argument of assert is no scalar", whyRefused},
	{112, "7.3.4, 7.6.1, 7.12.2", "a STDC pragma stands where it may not", whyTranslate},
	{114, "7.5", "errno is declared by hand or its macro taken away", whyMacro},
	{115, "7.6.1", "the floating environment is used where FENV_ACCESS is off", "pragmas are not followed: every expression is evaluated at run time with the flags and rounding in force"},
	{122, "7.12", "math_errhandling is declared by hand or its macro taken away", whyMacro},
	{124, "7.13", "setjmp is declared by hand or its macro taken away", whyMacro},
	{132, "7.14.1.1", "a handler of a signal that came by itself does more than it may", whyAsync},
	{133, "7.14.1.1", "errno is read after signal failed in a handler of a signal that came by itself", whyAsync},
	{134, "7.14.1.1", "a handler of a signal that came by itself raises a signal", whyAsync},
	{138, "7.16.1", "a macro of stdarg.h is taken away or its name is declared", whyMacro},
	{140, "7.16.1.1", "the type given to va_arg does not become a pointer by adding *", "such a type is refused or read as the type it is; the result is right"},
	{145, "7.20.4", "the argument of a macro such as INT8_C is no constant or too large", whyMacro},
	{147, "7.21.2", "what follows the last wide character written to a file is used", "a write of wide characters leaves the rest of the file as it was, as on every POSIX system"},
	{154, "7.21.6.1, 7.21.6.2, 7.27.3.5, 7.29.2.1, 7.29.2.2, 7.29.5.1", "a format is no valid multibyte sequence", whyCharset},
	{164, "7.21.6.2, 7.29.2.2", "scanf assigns more than INT_MAX items", "no call within the limits has so many arguments"},
	{167, "7.21.6.2, 7.29.2.2", "scanf with an l qualifier reads no valid multibyte sequence", whyCharset},
	{172, "7.21.8.1, 7.21.8.2", "the position of a stream is used after an error of fread or fwrite", "the in-memory files have no such error with an unknown position"},
	{178, "7.22.3.1", "aligned_alloc is given an alignment or size that does not fit", "defined since C17: the call fails and returns a null pointer (defect report 460)"},
	{186, "7.22.4.8", "system runs a command with undefined effects", whyHost},
	{190, "7.22.7", "a conversion state is used after LC_CTYPE changed", whyLocale},
	{195, "7.25", "an argument of a type-generic macro does not fit its parameter", whyRefused},
	{196, "7.25", "a complex argument is given to a type-generic macro without a complex function", whyRefused},
	{198, "7.29.2.11", "%s of fwprintf is given no valid multibyte sequence", whyCharset},
	{200, "7.29.6", "an mbstate_t is used for another string, direction or locale", "conversions have no shift state; a half-read character is the only state and gives EILSEQ when it does not fit"},
	{202, "7.30.2.2.1", "iswctype is called in another LC_CTYPE than wctype", whyLocale},
	{203, "7.30.3.2.1", "towctrans is called in another LC_CTYPE than wctrans", whyLocale},
}

// NotDetected gives every item of Annex J.2 that the interpreter does not show,
// in order. Callers do not change it.
func NotDetected() []Missing { return missing }
