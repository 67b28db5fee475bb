namespace Mailreeve.Policy.Mail;

/// <summary>What shows that a message goes round in circles (RFC 5321 §6.3). Pure.</summary>
public static class LoopRules
{
    // RFC 5321 §6.3 asks for 100 at least.
    private const int ReceivedMax = 100;

    // A message may well pass here more than once: handed in, sent to a customer's server, and forwarded from there through us.
    private const int OwnMax = 5;

    /// <summary>Whether it does.</summary>
    /// <param name="received">Received lines in its header.</param>
    /// <param name="ours">Those of them that this server wrote.</param>
    public static bool IsLoop(int received, int ours) => received > ReceivedMax || ours > OwnMax;
}
