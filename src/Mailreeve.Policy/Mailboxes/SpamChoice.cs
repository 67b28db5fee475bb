namespace Mailreeve.Policy.Mailboxes;

/// <summary>What the user of a mailbox wants to be done with mail that looks like spam.</summary>
public enum SpamChoice
{
    /// <summary>It goes into Junk.</summary>
    Junk,

    /// <summary>It goes where all mail goes, with a mark in its header.</summary>
    Tag,

    /// <summary>It is refused, so that its sender knows.</summary>
    Refuse,
}
