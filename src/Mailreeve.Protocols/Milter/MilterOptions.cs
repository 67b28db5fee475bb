using System.Buffers.Binary;

namespace Mailreeve.Protocols.Milter;

/// <summary>What a milter may do to a message (<c>SMFIF_…</c>).</summary>
[Flags]
public enum MilterActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Add and insert header fields.</summary>
    AddHeaders = 0x1,

    /// <summary>Replace the body.</summary>
    ChangeBody = 0x2,

    /// <summary>Add recipients.</summary>
    AddRecipients = 0x4,

    /// <summary>Remove recipients.</summary>
    RemoveRecipients = 0x8,

    /// <summary>Change and remove header fields.</summary>
    ChangeHeaders = 0x10,

    /// <summary>Have the message held.</summary>
    Quarantine = 0x20,
}

/// <summary>How both sides talk (<c>SMFIP_…</c>): what need not be sent, and what need not be answered.</summary>
[Flags]
public enum MilterSteps
{
    /// <summary>Everything is sent, and answered.</summary>
    None = 0,

    /// <summary>HELO need not be sent.</summary>
    NoHelo = 0x2,

    /// <summary>No body need be sent.</summary>
    NoBody = 0x10,

    /// <summary>Header fields are not answered.</summary>
    NoReplyToHeader = 0x80,

    /// <summary>Unknown commands need not be sent.</summary>
    NoUnknown = 0x100,

    /// <summary>DATA need not be sent.</summary>
    NoData = 0x200,

    /// <summary>The milter may say that it has seen enough of the body.</summary>
    Skip = 0x400,

    /// <summary>The blank behind the colon of a field is part of its value.</summary>
    LeadingSpace = 0x100000,
}

/// <summary>What is agreed at the beginning of a connection.</summary>
/// <param name="Version">Version of the protocol; 6 is the newest.</param>
/// <param name="Actions">What the milter may do.</param>
/// <param name="Steps">How they talk.</param>
public readonly record struct MilterOptions(uint Version, MilterActions Actions, MilterSteps Steps)
{
    /// <summary>The version that we speak. An older one has no steps that need not be answered, and we manage without.</summary>
    public const uint OurVersion = 6;

    // length 13: version, actions, steps, 32 bits each; version 6 may have names of macros behind them
    /// <summary>Reads what the mail server offers.</summary>
    /// <returns><see langword="false"/> when it is too short, or of a version before 2, which is not in use any more.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, out MilterOptions options)
    {
        options = default;
        if (data.Length < 12)
            return false;
        options = new(
            BinaryPrimitives.ReadUInt32BigEndian(data), (MilterActions)BinaryPrimitives.ReadInt32BigEndian(data[4..]),
            (MilterSteps)BinaryPrimitives.ReadInt32BigEndian(data[8..]));
        return options.Version >= 2;
    }

    /// <summary>What both can: the older version, and of what we would like to have what is offered.</summary>
    public MilterOptions Agree(MilterActions actions, MilterSteps steps) =>
        new(Math.Min(Version, OurVersion), Actions & actions, Steps & steps);
}
