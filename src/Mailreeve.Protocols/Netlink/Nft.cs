namespace Mailreeve.Protocols.Netlink;

/// <summary>Numbers of nf_tables (<c>linux/netfilter/nf_tables.h</c>, <c>nfnetlink.h</c>).</summary>
internal static class Nft
{
    public const byte Subsystem = 10;
    public const ushort BatchBegin = 0x10;
    public const ushort BatchEnd = 0x11;
    public const byte FamilyInet = 1;

    public const ushort NewTable = 0;
    public const ushort DeleteTable = 2;
    public const ushort NewChain = 3;
    public const ushort GetChain = 4;
    public const ushort NewRule = 6;
    public const ushort GetRule = 7;
    public const ushort NewSet = 9;
    public const ushort GetSet = 10;
    public const ushort NewElement = 12;
    public const ushort GetElement = 13;
    public const ushort DeleteElement = 14;
    public const ushort NewGeneration = 15;

    /// <summary>The table's name is the first attribute of everything that is in one, and of the table itself.</summary>
    public const ushort TableName = 1;

    public const ushort ChainName = 3;
    public const ushort ChainHook = 4;
    public const ushort ChainPolicy = 5;
    public const ushort ChainType = 7;
    public const ushort HookNumber = 1;
    public const ushort HookPriority = 2;

    public const ushort RuleChain = 2;
    public const ushort RuleExpressions = 4;
    public const ushort ListItem = 1;
    public const ushort ExpressionName = 1;
    public const ushort ExpressionData = 2;

    public const ushort SetName = 2;
    public const ushort SetFlags = 3;
    public const ushort SetKeyType = 4;
    public const ushort SetKeyLength = 5;
    public const ushort SetDescription = 9;
    public const ushort SetId = 10;
    public const ushort DescriptionSize = 1;

    public const ushort ElementsSet = 2;
    public const ushort ElementsList = 3;
    public const ushort ElementKey = 1;
    public const ushort ElementFlags = 3;
    public const ushort ElementTimeout = 4;
    public const ushort DataValue = 1;
    public const ushort DataVerdict = 2;
    public const ushort VerdictCode = 1;
    public const ushort VerdictChain = 2;
    public const uint IntervalEnd = 1;

    public static ushort Type(ushort kind) => (ushort)((Subsystem << 8) | kind);
}
