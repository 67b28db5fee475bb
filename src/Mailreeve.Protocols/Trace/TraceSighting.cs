namespace Mailreeve.Protocols.Trace;

/// <summary>A trace, and where it was found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Mark">All of it; null when only the id was there.</param>
/// <param name="Place">Where.</param>
public sealed record TraceSighting(string Id, TraceMark? Mark, TracePlace Place)
{
    /// <summary>The body that came with it, lines ending in CRLF; null when there was only a header.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }
}

/// <summary>Where a trace was found.</summary>
public enum TracePlace
{
    /// <summary>In the header of a message that is attached.</summary>
    Attached,

    /// <summary>In a header that is attached without its body.</summary>
    Header,

    /// <summary>In the header of the file itself.</summary>
    Outermost,

    /// <summary>In running text: quoted, flattened, pasted.</summary>
    Text,
}
