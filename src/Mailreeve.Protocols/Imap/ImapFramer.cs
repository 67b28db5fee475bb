using System.Buffers;

namespace Mailreeve.Protocols.Imap;

/// <summary>What <see cref="ImapFramer"/> found.</summary>
public enum ImapFrame
{
    /// <summary>Nothing whole yet; all that was offered has been taken.</summary>
    NeedMore,

    /// <summary>A command to the end of its last line, or in an APPEND what followed a message: <see cref="ImapFramer.Text"/>.</summary>
    Command,

    /// <summary>
    /// A line that announces a literal: <see cref="ImapFramer.Text"/> is the command so far, <see cref="ImapFramer.LiteralBytes"/> what follows.
    /// Has to be answered with <see cref="ImapFramer.TryGather"/>, <see cref="ImapFramer.Stream"/> or <see cref="ImapFramer.TryRefuse"/>.
    /// </summary>
    Literal,

    /// <summary>The end of a command that was too long and has been thrown away: answered BAD. <see cref="ImapFramer.Text"/> is how it began.</summary>
    TooLong,

    /// <summary>A line that ended in a bare LF. It is no command, but it is over: answered BAD.</summary>
    BareLineFeed,

    /// <summary>The client sends more than will be thrown away: answered BYE, and the connection closes.</summary>
    Lost,
}

/// <summary>
/// Cuts the stream of a client into commands (RFC 3501 §2.2.1) and keeps in step with it whatever is refused: literals (§4.3, RFC 7888)
/// are counted here and nowhere else.
/// </summary>
/// <remarks>
/// Memory is taken as octets arrive, never by what was announced, and given back when a command is over: between commands there is none.
/// </remarks>
/// <param name="limits">How much a command may hold.</param>
public sealed class ImapFramer(ImapLimits limits)
{
    // Enough of a command that is thrown away to answer with its tag.
    private const int KeptBytes = 256;

    private enum State
    {
        Line,
        Over,
        Announced,
        Gathering,
        Streaming,
        DiscardingLiteral,
        DiscardingLine,
        Lost,
    }

    private readonly byte[] tail = new byte[LiteralSuffix.LengthMax + 1];
    private State state;
    private byte[] held = [];
    private int length;
    private int lineStart;
    private int literals;
    private int tailLength;
    private long remaining;
    private long discarded;
    private bool reportsTooLong;

    /// <summary>Whether the client has signed in, and may send longer commands. The session sets it.</summary>
    public bool SignedIn { get; set; }

    /// <summary>The command, as <see cref="ImapParser.Parse"/> takes it. Valid until <see cref="Next"/> or <see cref="Stream"/> is called.</summary>
    public ReadOnlySpan<byte> Text => held.AsSpan(0, length);

    /// <summary>Octets of the literal that was announced; <see cref="long.MaxValue"/> for numbers too large to hold. Nothing has been checked about it.</summary>
    public long LiteralBytes { get; private set; }

    /// <summary>Whether the client waits for a continuation before it sends the literal.</summary>
    public bool LiteralWaits { get; private set; }

    /// <summary>Whether nothing of a command has been read: the moment for TLS to begin.</summary>
    public bool IsBetweenCommands => state == State.Over || (state == State.Line && length == 0);

    /// <summary>Reads on.</summary>
    /// <param name="buffer">What has arrived; moved past what was taken.</param>
    /// <param name="plainLine">Whether a line is expected that is no command: the answer to a challenge, or DONE. Such a line has no literal.</param>
    /// <exception cref="InvalidOperationException">A literal has been announced, and the session has not said what to do with it; or it is being streamed.</exception>
    public ImapFrame Next(ref ReadOnlySequence<byte> buffer, bool plainLine = false)
    {
        if (state == State.Over)
            Forget();
        while (true)
        {
            switch (state)
            {
                case State.Lost:
                    return ImapFrame.Lost;
                case State.Announced or State.Streaming:
                    throw new InvalidOperationException("A literal is next.");
                case var _ when buffer.IsEmpty:
                    return ImapFrame.NeedMore;
                case State.Line:
                    if (ReadLine(ref buffer, plainLine) is { } frame)
                        return frame;
                    break;
                case State.Gathering:
                    Gather(ref buffer);
                    break;
                case State.DiscardingLiteral:
                    DiscardLiteral(ref buffer);
                    break;
                case State.DiscardingLine:
                    if (DiscardLine(ref buffer))
                        return ImapFrame.TooLong;
                    break;
            }
        }
    }

    /// <summary>Takes the announced literal into the command. When the client waits, send it a continuation.</summary>
    /// <returns><see langword="false"/> when it is too large: then it still has to be refused.</returns>
    /// <exception cref="InvalidOperationException">No literal has been announced.</exception>
    public bool TryGather()
    {
        Require(State.Announced);
        // The two octets are the line end between the announcement and the literal.
        if (LiteralBytes > limits.ArgumentLiteralBytesMax || length + 2 + LiteralBytes > CommandBytesMax || literals >= limits.LiteralsMax)
            return false;
        literals++;
        Append("\r\n"u8);
        remaining = LiteralBytes;
        state = remaining == 0 ? State.Line : State.Gathering;
        lineStart = length;
        return true;
    }

    /// <summary>Lets the session read the announced literal with <see cref="TakeLiteral"/>. When the client waits, send it a continuation.</summary>
    /// <exception cref="InvalidOperationException">No literal has been announced.</exception>
    public void Stream()
    {
        Require(State.Announced);
        Forget();
        remaining = LiteralBytes;
        state = State.Streaming;
    }

    /// <summary>Takes the next octets of the literal that is streamed.</summary>
    /// <param name="buffer">What has arrived; moved past what was taken.</param>
    /// <param name="octets">The octets, never one too many; may be empty.</param>
    /// <returns>Whether the literal is complete. Then <see cref="Next"/> goes on with what is behind it.</returns>
    /// <exception cref="InvalidOperationException">No literal is being streamed.</exception>
    public bool TakeLiteral(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> octets)
    {
        Require(State.Streaming);
        octets = buffer.Slice(0, Math.Min(remaining, buffer.Length));
        buffer = buffer.Slice(octets.End);
        remaining -= octets.Length;
        if (remaining > 0)
            return false;
        state = State.Line;
        return true;
    }

    /// <summary>
    /// Ends the command at its literal, announced or half streamed. What the client sends of it all the same is thrown away by the next calls
    /// of <see cref="Next"/>, to the end of the command. The answer (NO or BAD) is due now: a client that waits sends nothing more.
    /// </summary>
    /// <returns><see langword="false"/> when that is more than will be thrown away: answer, say BYE, and close.</returns>
    /// <exception cref="InvalidOperationException">No literal has been announced.</exception>
    public bool TryRefuse()
    {
        if (state == State.Announced && LiteralWaits)
        {
            state = State.Over;
            return true;
        }

        if (state != State.Streaming)
        {
            Require(State.Announced);
            remaining = LiteralBytes;
        }

        Discard(reports: false);
        state = State.DiscardingLiteral;
        return CountDiscarded(remaining);
    }

    private int CommandBytesMax => SignedIn ? limits.CommandBytesMax : limits.CommandBytesMaxBeforeLogin;

    private int LineBytesMax => Math.Min(limits.LineBytesMax, CommandBytesMax);

    private ImapFrame? ReadLine(ref ReadOnlySequence<byte> buffer, bool plainLine)
    {
        var feed = buffer.PositionOf((byte)'\n');
        var part = feed is { } end ? buffer.Slice(0, end) : buffer;
        if (length - lineStart + part.Length > LineBytesMax || length + part.Length > CommandBytesMax)
        {
            Discard(reports: true);
            KeepBeginning(part);
            return null;
        }

        foreach (var segment in part)
            Append(segment.Span);
        buffer = feed is { } at ? buffer.Slice(buffer.GetPosition(1, at)) : buffer.Slice(buffer.End);
        if (feed is null)
            return ImapFrame.NeedMore;

        state = State.Over;
        if (length == lineStart || held[length - 1] != '\r')
            return ImapFrame.BareLineFeed;
        length--;
        if (plainLine || !LiteralSuffix.TryRead(held.AsSpan(lineStart, length - lineStart), out var literal))
            return ImapFrame.Command;

        state = State.Announced;
        LiteralBytes = literal.SizeBytes;
        LiteralWaits = literal.Synchronising;
        return ImapFrame.Literal;
    }

    private void Gather(ref ReadOnlySequence<byte> buffer)
    {
        var part = buffer.Slice(0, Math.Min(remaining, buffer.Length));
        foreach (var segment in part)
            Append(segment.Span);
        buffer = buffer.Slice(part.End);
        remaining -= part.Length;
        if (remaining > 0)
            return;
        state = State.Line;
        lineStart = length;
    }

    private void Discard(bool reports)
    {
        reportsTooLong = reports;
        state = State.DiscardingLine;
        // What is held of this line is thrown away as well: it counts as much as if the line had come in one piece.
        discarded = reports ? length - lineStart : 0;
        tailLength = 0;
        if (!reports)
            return;
        // What is held of this line may end in the beginning of an announcement.
        KeepTail(held.AsSpan(lineStart, length - lineStart));
        if (length <= KeptBytes)
            return;
        held.AsSpan(KeptBytes, length - KeptBytes).Clear();
        length = KeptBytes;
    }

    private void DiscardLiteral(ref ReadOnlySequence<byte> buffer)
    {
        var part = Math.Min(remaining, buffer.Length);
        buffer = buffer.Slice(part);
        remaining -= part;
        if (remaining > 0)
            return;
        state = State.DiscardingLine;
        tailLength = 0;
    }

    // True when the command is over and has to be reported.
    private bool DiscardLine(ref ReadOnlySequence<byte> buffer)
    {
        var feed = buffer.PositionOf((byte)'\n');
        var part = feed is { } end ? buffer.Slice(0, end) : buffer;
        foreach (var segment in part.Length > tail.Length ? part.Slice(part.Length - tail.Length) : part)
            KeepTail(segment.Span);
        buffer = feed is { } at ? buffer.Slice(buffer.GetPosition(1, at)) : buffer.Slice(buffer.End);
        if (!CountDiscarded(part.Length) || feed is null)
            return false;

        var line = tail.AsSpan(0, tailLength);
        var follows = default(LiteralSuffix);
        var announced = line.Length > 0 && line[^1] == '\r' && LiteralSuffix.TryRead(line[..^1], out follows);
        tailLength = 0;
        if (announced && !follows.Synchronising)
        {
            remaining = follows.SizeBytes;
            state = State.DiscardingLiteral;
            CountDiscarded(remaining);
            return false;
        }

        // A client that waits for a continuation gets the answer instead, and sends nothing more of it.
        state = State.Over;
        if (reportsTooLong)
            return true;
        Forget();
        return false;
    }

    private bool CountDiscarded(long octets)
    {
        if (octets > limits.DiscardBytesMax - discarded)
        {
            state = State.Lost;
            return false;
        }

        discarded += octets;
        return true;
    }

    private void KeepTail(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > tail.Length)
            octets = octets[^tail.Length..];
        var kept = Math.Min(tailLength, tail.Length - octets.Length);
        tail.AsSpan(tailLength - kept, kept).CopyTo(tail);
        octets.CopyTo(tail.AsSpan(kept));
        tailLength = kept + octets.Length;
    }

    // A line may come in one piece that is too long: its tag is in that piece.
    private void KeepBeginning(ReadOnlySequence<byte> part)
    {
        if (length >= KeptBytes)
            return;
        foreach (var segment in part.Slice(0, Math.Min(part.Length, KeptBytes - length)))
            Append(segment.Span);
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        if (held.Length - length < octets.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + octets.Length, Math.Max(held.Length * 2, KeptBytes)));
            held.AsSpan(0, length).CopyTo(larger);
            GiveBack();
            held = larger;
        }

        octets.CopyTo(held.AsSpan(length));
        length += octets.Length;
    }

    private void Forget()
    {
        GiveBack();
        held = [];
        length = 0;
        lineStart = 0;
        literals = 0;
        state = State.Line;
    }

    // A password may be in it, and the next to rent it is someone else.
    private void GiveBack()
    {
        held.AsSpan(0, length).Clear();
        if (held.Length > 0)
            ArrayPool<byte>.Shared.Return(held);
    }

    private void Require(State required)
    {
        if (state != required)
            throw new InvalidOperationException($"The framer is at {state}, not at {required}.");
    }
}
