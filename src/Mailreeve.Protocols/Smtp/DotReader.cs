namespace Mailreeve.Protocols.Smtp;

/// <summary>
/// Reads what follows DATA up to the lone dot and undoes dot-stuffing (RFC 5321 §4.5.2), however it is cut into pieces.
/// </summary>
/// <remarks>
/// The end is CR LF . CR LF and nothing else: not after a bare LF, not after a bare CR, not with a NUL in between. Those octets
/// are passed on as content, where <see cref="ContentIntake"/> finds them. A message that is only the dot is legal.
/// </remarks>
public sealed class DotReader
{
    private enum State
    {
        LineStart,
        Dot,
        DotCr,
        Text,
        Cr,
        End,
    }

    private State state = State.LineStart;

    /// <summary>Reads on.</summary>
    /// <param name="input">The octets after those that were read before.</param>
    /// <param name="content">Takes the message.</param>
    /// <param name="consumed">How many octets of the input belong to the message and its end; the rest are commands.</param>
    /// <returns>Whether the end was read.</returns>
    public bool Read(ReadOnlySpan<byte> input, ContentIntake content, out int consumed)
    {
        var at = 0;
        while (at < input.Length && state != State.End)
        {
            switch (state)
            {
                case State.LineStart when input[at] == '.':
                    state = State.Dot;
                    at++;
                    break;
                case State.Dot when input[at] == '\r':
                    state = State.DotCr;
                    at++;
                    break;
                case State.DotCr when input[at] == '\n':
                    state = State.End;
                    at++;
                    break;
                case State.DotCr:
                    // ".CR" and then no LF: the dot was stuffing, the CR is content and bare.
                    content.Append("\r"u8);
                    state = State.Cr;
                    break;
                case State.Cr when input[at] == '\n':
                    content.Append("\n"u8);
                    state = State.LineStart;
                    at++;
                    break;
                default:
                    at += Text(input[at..], content);
                    break;
            }
        }

        consumed = at;
        return state == State.End;
    }

    // Everything up to and with the next CR is content, whatever it is.
    private int Text(ReadOnlySpan<byte> input, ContentIntake content)
    {
        var cr = input.IndexOf((byte)'\r');
        var length = cr < 0 ? input.Length : cr + 1;
        content.Append(input[..length]);
        state = cr < 0 ? State.Text : State.Cr;
        return length;
    }
}
