namespace Mailreeve.Policy.Attribution;

/// <summary>What the evidence and a message of the submission log have in common.</summary>
public sealed record LogClues
{
    /// <summary>Whether a Received line of ours bears its id.</summary>
    public required bool HasQueueId { get; init; }

    /// <summary>Whether the Message-ID is the same; null when the evidence shows none.</summary>
    public required bool? SameMessageId { get; init; }

    /// <summary>Whether the author is the same; null when the evidence shows none.</summary>
    public required bool? SameAuthor { get; init; }

    /// <summary>Whether the client in our Received line is the one that handed it in; null when no line of ours is shown.</summary>
    public required bool? SameClient { get; init; }

    /// <summary>Whether the time in the evidence is that at which it was handed in, give or take some minutes; null when it shows none.</summary>
    public required bool? SameTime { get; init; }

    /// <summary>Whether the text is the same, up to white space; null when none is shown.</summary>
    public required bool? SameBody { get; init; }
}

/// <summary>How well evidence fits a message of the submission log.</summary>
public enum LogMatch
{
    /// <summary>It is that message: the text is the one that was handed in.</summary>
    Proven,

    /// <summary>It is that message, by the trace in it, though its text was cut or changed on its way.</summary>
    Altered,

    /// <summary>Everything that is shown fits, but the text is not shown: whoever has had a message of that sender could write as much.</summary>
    Fits,

    /// <summary>It bears the id, and something in it is not what was handed in: altered by the reporter, or put together to frame someone.</summary>
    Contradicted,
}

/// <summary>Judges whether evidence is a message of the submission log. Pure.</summary>
/// <remarks>Ids can be read by everyone who ever got a message of the customer's; alone they name nobody.</remarks>
public static class LogRules
{
    /// <summary>How far the time in a Received line of ours, or in Date, may be from that in the log.</summary>
    public static readonly NodaTime.Duration TimeTolerance = NodaTime.Duration.FromMinutes(15);

    /// <summary>The verdict; null when it points at the message by nothing.</summary>
    public static LogMatch? Decide(LogClues clues)
    {
        if (!clues.HasQueueId && clues.SameMessageId != true)
            return null;
        if (clues.SameBody == false || clues.SameClient == false || clues.SameTime == false || clues.SameAuthor == false || clues.SameMessageId == false)
            return LogMatch.Contradicted;
        if (clues.SameBody == true)
            return LogMatch.Proven;
        // Of a header alone the id must be borne out by when it was, and by who it was from or through which connection it came.
        return clues.SameTime == true && (clues.SameClient == true || clues.SameAuthor == true) ? LogMatch.Fits : LogMatch.Contradicted;
    }
}
