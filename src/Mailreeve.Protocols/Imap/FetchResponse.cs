using NodaTime;

namespace Mailreeve.Protocols.Imap;

/// <summary>
/// Writes one FETCH response (RFC 3501 §7.4.2): begin it, add items in any order, end it. It keeps count of the blanks between them, so hold
/// on to one and the same, and do not copy it.
/// </summary>
/// <param name="writer">Takes the octets.</param>
/// <param name="number">The message number, in UID FETCH as well.</param>
public struct FetchResponse(ImapWriter writer, uint number)
{
    private bool begun;

    /// <summary>FLAGS.</summary>
    /// <param name="system">The protocol's flags.</param>
    /// <param name="keywords">Keywords divided by one blank each; empty for none.</param>
    public void Flags(SystemFlags system, ReadOnlySpan<char> keywords) => Item("FLAGS "u8).FlagList(system, keywords);

    /// <summary>UID.</summary>
    public void Uid(uint uid) => Item("UID "u8).Number(uid);

    /// <summary>MODSEQ (RFC 7162 §3.1.4.2).</summary>
    public void ModSeq(ulong modSeq) => Item("MODSEQ ("u8).Number(modSeq).Text(")"u8);

    /// <summary>RFC822.SIZE.</summary>
    public void Size(long sizeBytes) => Item("RFC822.SIZE "u8).Number((ulong)sizeBytes);

    /// <summary>INTERNALDATE.</summary>
    public void InternalDate(Instant instant) => Item("INTERNALDATE "u8).DateTime(instant);

    /// <summary>SAVEDATE (RFC 8514 §4).</summary>
    public void SaveDate(Instant instant) => Item("SAVEDATE "u8).DateTime(instant);

    /// <summary>ENVELOPE.</summary>
    /// <param name="envelope">As on the wire, with its parentheses.</param>
    public void Envelope(ReadOnlySpan<byte> envelope) => Item("ENVELOPE "u8).Text(envelope);

    /// <summary>BODY, the structure without extension data.</summary>
    /// <param name="body">As on the wire, with its parentheses.</param>
    public void Body(ReadOnlySpan<byte> body) => Item("BODY "u8).Text(body);

    /// <summary>BODYSTRUCTURE.</summary>
    /// <param name="structure">As on the wire, with its parentheses.</param>
    public void BodyStructure(ReadOnlySpan<byte> structure) => Item("BODYSTRUCTURE "u8).Text(structure);

    /// <summary>A section with its octets.</summary>
    /// <param name="section">As it was asked for.</param>
    /// <param name="octets">The octets, cut to the piece that was asked for; empty when there is no such part or the piece is beyond the end. Without NUL.</param>
    public void Section(FetchSection section, ReadOnlySpan<byte> octets) => Item(default).Section(section).Text(" "u8).String(octets);

    /// <summary>A section whose octets the caller writes next, exactly as many as announced.</summary>
    /// <param name="section">As it was asked for.</param>
    /// <param name="sizeBytes">How many.</param>
    public void SectionOf(FetchSection section, long sizeBytes) => Item(default).Section(section).Text(" "u8).LiteralOf(sizeBytes);

    /// <summary>Ends the response. One without items is none: nothing is written.</summary>
    public readonly void End()
    {
        if (begun)
            writer.Text(")\r\n"u8);
    }

    private ImapWriter Item(ReadOnlySpan<byte> name)
    {
        if (begun)
            writer.Text(" "u8);
        else
            writer.Text("* "u8).Number(number).Text(" FETCH ("u8);
        begun = true;
        return writer.Text(name);
    }
}
