namespace Iarnet.House.Wire;

/// <summary>
/// What a .proto file promises on the wire, one line a promise: <c>kind owner key = value</c>. A field's promise is keyed by its number,
/// because that is what travels. Reads the part of proto3 that proto/ uses and refuses the rest, rather than pass over a promise.
/// </summary>
internal sealed class ProtoContract
{
    private static readonly HashSet<string> Scalars = new(StringComparer.Ordinal)
    {
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
    };

    private readonly ProtoTokens _tokens;
    private readonly string _file;
    private readonly List<WirePromise> _promises = [];
    private string _package = "";

    private ProtoContract(string file, string text)
    {
        _file = file;
        _tokens = new ProtoTokens(file, text);
    }

    public static IReadOnlyList<WirePromise> Read(string file, string text)
    {
        var contract = new ProtoContract(file, text);
        contract.ReadFile();
        return contract._promises;
    }

    private void ReadFile()
    {
        while (!_tokens.AtEnd)
        {
            switch (_tokens.Take())
            {
                case "syntax":
                    _tokens.Expect("=");
                    _tokens.Expect("\"proto3\"");
                    _tokens.Expect(";");
                    break;
                case "package":
                    _package = _tokens.Take();
                    _tokens.Expect(";");
                    break;
                case "import" or "option":
                    _tokens.TakeUntil(";");
                    break;
                case "message":
                    ReadMessage(_package);
                    break;
                case "enum":
                    ReadEnum(_package);
                    break;
                case "service":
                    ReadService();
                    break;
                case ";":
                    break;
                case var other:
                    throw Unread(other, "the file");
            }
        }
    }

    private void ReadMessage(string scope)
    {
        var name = $"{scope}.{_tokens.Take()}";
        Promise("message", name, "", "");
        _tokens.Expect("{");
        while (!_tokens.TryTake("}"))
        {
            switch (_tokens.Peek)
            {
                case "message":
                    _tokens.Take();
                    ReadMessage(name);
                    break;
                case "enum":
                    _tokens.Take();
                    ReadEnum(name);
                    break;
                case "oneof":
                    ReadOneof(name);
                    break;
                case "reserved":
                    ReadReserved("message", name);
                    break;
                case "option":
                    _tokens.TakeUntil(";");
                    break;
                case "extensions" or "extend" or "group" or "required":
                    throw Unread(_tokens.Peek, name);
                default:
                    ReadField(name, "");
                    break;
            }
        }
    }

    private void ReadOneof(string message)
    {
        _tokens.Expect("oneof");
        var oneof = _tokens.Take();
        _tokens.Expect("{");
        while (!_tokens.TryTake("}"))
        {
            ReadField(message, $" in oneof {oneof}");
        }
    }

    private void ReadField(string message, string where)
    {
        var label = _tokens.TryTake("repeated") ? "repeated " : _tokens.TryTake("optional") ? "optional " : "";
        var type = ReadType();
        var name = _tokens.Take();
        _tokens.Expect("=");
        var number = _tokens.Take();
        var options = _tokens.TryTake("[") ? $" [{string.Concat(_tokens.TakeUntil("]"))}]" : "";
        _tokens.Expect(";");
        Promise("field", message, number, $"{label}{type} {name}{where}{options}");
    }

    private string ReadType()
    {
        var type = _tokens.Take();
        if (type != "map")
        {
            return Resolve(type);
        }

        _tokens.Expect("<");
        var key = _tokens.Take();
        _tokens.Expect(",");
        var value = Resolve(_tokens.Take());
        _tokens.Expect(">");
        return $"map<{key}, {value}>";
    }

    // The name as it is written: a type that moves to another scope shows as gone there and new here.
    private string Resolve(string type) => Scalars.Contains(type) || type.Contains('.', StringComparison.Ordinal) ? type.TrimStart('.') : $"{_package}.{type}";

    private void ReadEnum(string scope)
    {
        var name = $"{scope}.{_tokens.Take()}";
        Promise("enum", name, "", "");
        _tokens.Expect("{");
        while (!_tokens.TryTake("}"))
        {
            switch (_tokens.Peek)
            {
                case "reserved":
                    ReadReserved("enum", name);
                    break;
                case "option":
                    _tokens.TakeUntil(";");
                    break;
                default:
                    var value = _tokens.Take();
                    _tokens.Expect("=");
                    Promise("value", name, _tokens.Take(), value);
                    if (_tokens.TryTake("["))
                    {
                        _tokens.TakeUntil("]");
                    }

                    _tokens.Expect(";");
                    break;
            }
        }
    }

    private void ReadReserved(string kind, string owner)
    {
        _tokens.Expect("reserved");
        foreach (var entry in string.Join(' ', _tokens.TakeUntil(";")).Split(',', StringSplitOptions.TrimEntries))
        {
            Promise("reserved", owner, entry, $"in {kind}");
        }
    }

    private void ReadService()
    {
        var name = $"{_package}.{_tokens.Take()}";
        Promise("service", name, "", "");
        _tokens.Expect("{");
        while (!_tokens.TryTake("}"))
        {
            switch (_tokens.Take())
            {
                case "option":
                    _tokens.TakeUntil(";");
                    break;
                case "rpc":
                    var rpc = _tokens.Take();
                    var request = ReadMessageOfCall();
                    _tokens.Expect("returns");
                    Promise("rpc", name, rpc, $"({request}) returns ({ReadMessageOfCall()})");
                    if (_tokens.TryTake("{"))
                    {
                        _tokens.TakeUntil("}");
                    }
                    else
                    {
                        _tokens.Expect(";");
                    }

                    break;
                case var other:
                    throw Unread(other, name);
            }
        }
    }

    private string ReadMessageOfCall()
    {
        _tokens.Expect("(");
        var stream = _tokens.TryTake("stream") ? "stream " : "";
        var type = Resolve(_tokens.Take());
        _tokens.Expect(")");
        return stream + type;
    }

    private void Promise(string kind, string owner, string key, string value) => _promises.Add(new WirePromise(kind, owner, key, value));

    private FormatException Unread(string token, string place) =>
        new($"{_file}: '{token}' in {place} is not read by the ledger of the wire. Teach {nameof(ProtoContract)} what it promises.");
}
