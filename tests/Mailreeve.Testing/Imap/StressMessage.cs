namespace Mailreeve.Testing.Imap;

/// <summary>A message that a session of a stress has put into the folder itself. Nobody else changes its flags.</summary>
/// <param name="body">Its octets.</param>
/// <param name="flags">The flags that it was given.</param>
internal sealed class StressMessage(string body, IEnumerable<string> flags)
{
    public string Body { get; } = body;

    /// <summary>The flags that it must have.</summary>
    public HashSet<string> Flags { get; private set; } = new(flags, StringComparer.OrdinalIgnoreCase);

    /// <summary>The flags that it may have as well, while a change is under way.</summary>
    public HashSet<string>? Coming { get; private set; }

    /// <summary>Whether it was ever marked as deleted: then anyone may remove it.</summary>
    public bool MayGo { get; set; } = flags.Contains("\\Deleted");

    public void Begin(HashSet<string> flags)
    {
        Coming = flags;
        MayGo |= flags.Contains("\\Deleted");
    }

    public void End(bool isDone)
    {
        if (isDone && Coming is not null)
            Flags = Coming;
        Coming = null;
    }

    public bool Fits(HashSet<string> seen) => Flags.SetEquals(seen) || Coming?.SetEquals(seen) == true;
}

/// <summary>What a session believes of the message at one place of the folder; null is what it was not told.</summary>
internal sealed class StressPlace
{
    public uint? Uid { get; set; }

    public HashSet<string>? Flags { get; set; }
}
