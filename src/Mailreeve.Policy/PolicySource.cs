namespace Mailreeve.Policy;

/// <summary>The files under <c>policy/</c>, already read. Whoever may do I/O fills it.</summary>
/// <param name="File"><c>policy.toml</c>.</param>
/// <param name="Notices">The files of <c>notices</c> whose names end in <c>.md</c>.</param>
/// <param name="Scenarios">The files of <c>scenarios</c> whose names end in <c>.toml</c>; none need be read to run the program.</param>
public sealed record PolicySource(SourceFile File, IReadOnlyList<SourceFile> Notices, IReadOnlyList<SourceFile> Scenarios);

/// <summary>One file.</summary>
/// <param name="Path">As it is to be shown in messages; with <c>/</c> between folders.</param>
/// <param name="Text">What is in it.</param>
public sealed record SourceFile(string Path, string Text)
{
    /// <summary>Its name without folders and without what follows the last point: <c>complaint</c>.</summary>
    public string Name
    {
        get
        {
            var file = Path[(Path.LastIndexOf('/') + 1)..];
            return file.LastIndexOf('.') is var point and > 0 ? file[..point] : file;
        }
    }
}
