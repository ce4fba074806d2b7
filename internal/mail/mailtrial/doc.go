// Package mailtrial holds the trials of mail as tests, with the whole of
// Steward on one side and real programs on the other.
//
//	TestKillsOut    kill -9 while letters go out to a server that misbehaves: none is lost
//	TestKillsIn     kill -9 while mails come in: what was told 250 is there, once
//	TestPeers       Neomutt, Postfix, swaks and GnuPG write, carry and read
//	TestSwaks       what a plain client is told, also when the disk refuses
//	TestRelayTLS    each way to the relay that the settings have
//	TestOddMail     every odd mail that is known, sent to one office after the other
//	TestLoops       two offices that write to each other come to an end
//	TestCanaries    every letter to every reader, opened with every key
//
// STEWARD_MAIL_KILLS and STEWARD_MAIL_LETTERS set how long the first two run;
// "make torture" sets them high.
package mailtrial
