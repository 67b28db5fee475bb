using System.Buffers;

namespace Mailreeve.Protocols.Smtp;

/// <summary>
/// Takes the content of a message as it comes, from DATA or from BDAT, and judges it while it does. After the first problem it
/// keeps nothing more, so that whoever feeds it can read on to the true end and still hold no more than the limits allow.
/// </summary>
/// <param name="limits">How much is taken.</param>
/// <param name="sink">Where accepted octets go, byte for byte.</param>
public sealed class ContentIntake(ContentLimits limits, IBufferWriter<byte> sink)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private bool afterCr;
    private bool inHeader = true;
    private long lineBytes;

    /// <summary>The first thing that is wrong with it.</summary>
    public ContentProblem Problem { get; private set; }

    /// <summary>Octets kept.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Takes the next octets.</summary>
    public void Append(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty && Problem == ContentProblem.None)
        {
            if (afterCr)
            {
                afterCr = false;
                if (input[0] != '\n')
                {
                    Problem = ContentProblem.BareCrOrLf;
                    return;
                }

                EndLine();
                Keep(input[..1]);
                input = input[1..];
                continue;
            }

            var at = input.IndexOfAny(Special);
            var run = at < 0 ? input.Length : at;
            if (run > limits.LineBytesMax - lineBytes)
            {
                // What still fits comes first, or how the message was cut into packets would decide which limit is named.
                Keep(input[..(int)(limits.LineBytesMax - lineBytes)]);
                if (Problem == ContentProblem.None)
                    Problem = ContentProblem.LineTooLong;
                return;
            }

            lineBytes += run;

            // The CR goes with its line; an LF or a NUL that is met here is one that must not be here.
            Keep(input[..(at >= 0 && input[at] == '\r' ? at + 1 : run)]);
            if (at < 0 || Problem != ContentProblem.None)
                return;
            if (input[at] != '\r')
            {
                Problem = input[at] == '\n' ? ContentProblem.BareCrOrLf : ContentProblem.Nul;
                return;
            }

            afterCr = true;
            input = input[(at + 1)..];
        }
    }

    /// <summary>Says that the content is over.</summary>
    /// <returns>The first thing that is wrong with it.</returns>
    public ContentProblem Complete()
    {
        if (afterCr && Problem == ContentProblem.None)
            Problem = ContentProblem.BareCrOrLf;
        return Problem;
    }

    private void EndLine()
    {
        if (lineBytes == 0)
            inHeader = false;
        lineBytes = 0;
    }

    private void Keep(ReadOnlySpan<byte> octets)
    {
        SizeBytes += octets.Length;
        if (inHeader && SizeBytes > limits.HeaderBytesMax && limits.HeaderBytesMax < limits.SizeBytesMax)
            Problem = ContentProblem.HeaderTooBig;
        else if (SizeBytes > limits.SizeBytesMax)
            Problem = ContentProblem.TooBig;
        else
            sink.Write(octets);
    }
}
