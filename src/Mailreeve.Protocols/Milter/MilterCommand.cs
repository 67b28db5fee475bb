namespace Mailreeve.Protocols.Milter;

/// <summary>What a mail server tells a milter: the first octet of a packet (<c>SMFIC_…</c> of Sendmail's mfdef.h).</summary>
public enum MilterCommand
{
    /// <summary>The message is given up; the session goes on.</summary>
    Abort = 'A',

    /// <summary>A piece of the body.</summary>
    Body = 'B',

    /// <summary>A client has connected.</summary>
    Connect = 'C',

    /// <summary>Macros, for the command that follows.</summary>
    Macros = 'D',

    /// <summary>The message has come whole; this is where it may be changed.</summary>
    EndOfBody = 'E',

    /// <summary>EHLO or HELO.</summary>
    Helo = 'H',

    /// <summary>The session is over; another one follows on this connection.</summary>
    QuitNewConnection = 'K',

    /// <summary>A header field.</summary>
    Header = 'L',

    /// <summary>MAIL.</summary>
    Mail = 'M',

    /// <summary>The header is over.</summary>
    EndOfHeader = 'N',

    /// <summary>What both sides can do.</summary>
    Negotiate = 'O',

    /// <summary>The session is over, and the connection too.</summary>
    Quit = 'Q',

    /// <summary>RCPT.</summary>
    Rcpt = 'R',

    /// <summary>DATA.</summary>
    Data = 'T',

    /// <summary>A command that the server does not know.</summary>
    Unknown = 'U',
}
