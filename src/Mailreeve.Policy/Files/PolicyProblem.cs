namespace Mailreeve.Policy.Files;

/// <summary>One mistake in a file of the provider's, told so that it can be put right without reading code.</summary>
/// <param name="File">File name as it was given.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Key">The key it is about, with its tables: <c>terms.answer-within.value</c>; empty when it is about the file.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record PolicyProblem(string File, int Line, int Column, string Key, string Message, string Remedy)
{
    /// <summary>One line, as compilers print it.</summary>
    public override string ToString() =>
        Key.Length == 0 ? $"{File}:{Line}:{Column}: {Message} {Remedy}" : $"{File}:{Line}:{Column}: {Key}: {Message} {Remedy}";
}
