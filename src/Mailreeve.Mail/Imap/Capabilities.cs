using System.Globalization;

namespace Mailreeve.Mail.Imap;

/// <summary>What the server says it can do (RFC 3501 §7.2.1).</summary>
internal static class Capabilities
{
    // LITERAL+ RFC 7888; SASL-IR RFC 4959; ID RFC 2971; ENABLE RFC 5161.
    private const string Always = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE";

    // NAMESPACE RFC 2342; CHILDREN RFC 3348; UNSELECT RFC 3691; IDLE RFC 2177; UIDPLUS RFC 4315; MOVE RFC 6851; SPECIAL-USE and
    // CREATE-SPECIAL-USE RFC 6154; QUOTA RFC 9208 and 2087; LIST-EXTENDED RFC 5258; LIST-STATUS RFC 5819; ESEARCH RFC 4731; SEARCHRES RFC 5182;
    // CONDSTORE RFC 7162; SORT and THREAD RFC 5256; ESORT RFC 5267; STATUS=SIZE RFC 8438; SAVEDATE RFC 8514; WITHIN RFC 5032; APPENDLIMIT RFC 7889.
    private const string SignedIn =
        $"{Always} NAMESPACE CHILDREN UNSELECT IDLE UIDPLUS MOVE SPECIAL-USE CREATE-SPECIAL-USE QUOTA QUOTA=RES-STORAGE LIST-EXTENDED LIST-STATUS"
        + " ESEARCH SEARCHRES CONDSTORE SORT ESORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES STATUS=SIZE SAVEDATE WITHIN APPENDLIMIT=";

    /// <summary>The list for a session at this moment. What helps only before sign-in is not in it afterwards.</summary>
    public static string Of(ImapSession session)
    {
        if (session.Account is not null)
            return SignedIn + session.Limits.AppendBytesMax.ToString(CultureInfo.InvariantCulture);
        var starttls = session.Wire.Tls is null && session.Parts.Tls is { IsOffered: true } ? " STARTTLS" : "";
        return $"{Always}{starttls}{(session.TakesPasswords ? " AUTH=PLAIN" : " LOGINDISABLED")}";
    }
}
