r"""BERT: a deep bidirectional Transformer, pre-trained by filling gaps.

In a stack of Transformer encoders every token attends to both sides. A word must not see itself,
so 15 % of the tokens are chosen and corrupted, and only those are predicted. A second task asks
whether sentence B really follows sentence A. One new output layer then fits the net to a task.

$$ E_i = \mathrm{LN}(W_{x_i} + P_i + S_{s_i}), \qquad
   T = \mathrm{block}_L(\cdots \mathrm{block}_1(E)), \qquad C = \tanh(W_p T_1 + b_p) $$

$$ \mathcal L = -\frac{1}{|M|} \sum_{i \in M} \log p(x_i \mid \tilde x)
   - \log p(\text{IsNext} \mid C), \qquad
   \tilde x_i = \begin{cases} \text{[MASK]} & 80\,\% \\ \text{random} & 10\,\% \\
   x_i & 10\,\% \end{cases} \quad (i \in M) $$

Paper: bert, Sec. 3, App. A.1 and A.2
Shapes: N sequences, T tokens, V vocabulary, H hidden size, A heads, L layers
Differs from the paper: no dropout; a token is chosen with probability 0.15, not exactly 15 % of a
sequence; the first weights are a plain normal. `article_error` trains a narrow net on letters,
not WordPieces, and on one kind of gap, "a" or "an": a second instead of four days.
"""

import math
import re
from pydoc_data.topics import topics

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F

PAD, CLS, SEP, MASK = range(4)                                    # ids of the special tokens
ORDINARY = MASK + 1                                               # id of the first other token


class Block(nn.Module):
    """One encoder layer: self-attention, then two dense layers, each added and normalised."""

    def __init__(self, H: int, A: int) -> None:
        super().__init__()
        self.A = A
        self.qkv, self.out = nn.Linear(H, 3 * H), nn.Linear(H, H)
        self.wide, self.narrow = nn.Linear(H, 4 * H), nn.Linear(4 * H, H)
        self.norm1, self.norm2 = nn.LayerNorm(H, eps=1e-12), nn.LayerNorm(H, eps=1e-12)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        N, T, H = x.shape
        q, k, v = self.qkv(x).reshape(N, T, 3, self.A, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(q.shape[-1])                            # (N, A, T, T)
        weights = scores.masked_fill(~visible, -math.inf).softmax(-1)
        x = self.norm1(x + self.out((weights @ v).transpose(1, 2).reshape(N, T, H)))
        return self.norm2(x + self.narrow(F.gelu(self.wide(x))))


class Bert(nn.Module):
    """The encoder and its pooler. `causal` hides the right side, as in the ablation of Sec. 5.1."""

    def __init__(self, V: int, H: int, A: int, L: int, longest: int = 512, std: float = 0.02,
                 causal: bool = False) -> None:
        super().__init__()
        self.causal = causal
        self.token, self.place, self.segment = (                  # word, position, sentence
            nn.Embedding(n, H, _weight=torch.empty(n, H)) for n in (V, longest, 2))
        self.norm = nn.LayerNorm(H, eps=1e-12)
        self.blocks = nn.ModuleList(Block(H, A) for _ in range(L))
        self.pooler = nn.Linear(H, H)
        for name, p in self.named_parameters():                   # norms keep their 1 and 0
            if p.dim() == 2:
                p.data = std * torch.randn(p.shape)
            elif "norm" not in name:
                nn.init.zeros_(p)

    def embed(self, x: Tensor, segments: Tensor) -> Tensor:
        """Token, position and segment vectors added up: (N, T) to (N, T, H)."""
        return self.norm(self.token(x) + self.place.weight[:x.shape[1]] + self.segment(segments))

    def encode(self, E: Tensor, visible: Tensor) -> Tensor:
        """From embeddings to hidden vectors; `visible` (N, 1, 1, T) is False at the padding."""
        if self.causal:
            visible = visible & torch.ones(E.shape[1], E.shape[1], dtype=torch.bool).tril()
        for block in self.blocks:
            E = block(E, visible)
        return E

    def forward(self, x: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden vectors of all tokens (N, T, H), and C (N, H) made of the first, [CLS]."""
        hidden = self.encode(self.embed(x, segments), (x != PAD)[:, None, None, :])
        return hidden, torch.tanh(self.pooler(hidden[:, 0]))


class PretrainingHeads(nn.Module):
    """Scores for every token (weights shared with the embedding) and for IsNext, NotNext."""

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        V, H = bert.token.weight.shape
        self.bert, self.dense, self.norm = bert, nn.Linear(H, H), nn.LayerNorm(H, eps=1e-12)
        self.bias, self.next = nn.Parameter(torch.zeros(V)), nn.Linear(H, 2)

    def forward(self, x: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        hidden, C = self.bert(x, segments)
        hidden = self.norm(F.gelu(self.dense(hidden)))
        return hidden @ self.bert.token.weight.T + self.bias, self.next(C)    # (N, T, V), (N, 2)


def bert_base(V: int = 30522) -> Bert:
    """The paper's 110 M model; the released vocabulary has 30522 entries, in print "30,000"."""
    return Bert(V, H=768, A=12, L=12)


def bert_large(V: int = 30522) -> Bert:
    """The paper's 340 M model."""
    return Bert(V, H=1024, A=16, L=24)


def pack(a: list[int], b: list[int]) -> tuple[list[int], list[int]]:
    """[CLS] A [SEP] B [SEP], and the sentence that each token belongs to."""
    return [CLS, *a, SEP, *b, SEP], [0, *(0 for _ in a), 0, *(1 for _ in b), 1]


def corrupt(x: Tensor, V: int) -> tuple[Tensor, Tensor]:
    """Choose 15 % of the ordinary tokens: 80 % become [MASK], 10 % random, 10 % stay."""
    chosen = (torch.rand(x.shape) < 0.15) & (x >= ORDINARY)
    fate, random = torch.randint(10, x.shape), torch.randint(ORDINARY, V, x.shape)
    seen = torch.where(fate < 8, MASK, torch.where(fate == 8, random, x))
    return torch.where(chosen, seen, x), chosen


def pretraining_loss(scores: Tensor, follows: Tensor, x: Tensor, chosen: Tensor,
                     label: Tensor) -> Tensor:
    """Mean loss over the chosen tokens plus mean loss of next sentence prediction."""
    return F.cross_entropy(scores[chosen], x[chosen]) + F.cross_entropy(follows, label)


def articles() -> tuple[Tensor, Tensor, int]:
    """Every "a" and "an" in Python's manual (PSF licence), masked between four letters each side.

    Returns the token sequences (N, 11), the hidden articles (N,) and the vocabulary size.
    """
    names = [" ", *"abcdefghijklmnopqrstuvwxyz", "<a>", "<an>"]
    text = " ".join(re.findall("[a-z]+", " ".join(topics.values()).lower()))
    found = re.findall("(?=([a-z ]{4}) (an?) ([a-z ]{4}))", text)
    ids = {name: ORDINARY + i for i, name in enumerate(names)}
    x = [[CLS, *map(ids.get, left), MASK, *map(ids.get, right), SEP] for left, _, right in found]
    return torch.tensor(x), torch.tensor([ids[f"<{a}>"] for _, a, _ in found]), ORDINARY + len(ids)


def article_error(causal: bool, steps: int, seed: int) -> float:
    """Share of wrong articles in unseen gaps after training with one kind of attention."""
    torch.manual_seed(seed)
    x, y, V = articles()
    model = PretrainingHeads(Bert(V, H=32, A=2, L=2, longest=x.shape[1], std=0.1, causal=causal))
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    unseen = len(x) // 4                                          # the first quarter is for testing
    for _ in range(steps):
        batch = torch.randint(unseen, len(x), (32,))
        scores, _ = model(x[batch], torch.zeros_like(x[batch]))
        optimiser.zero_grad()
        F.cross_entropy(scores[x[batch] == MASK], y[batch]).backward()
        optimiser.step()
    with torch.no_grad():
        scores, _ = model(x[:unseen], torch.zeros_like(x[:unseen]))
    return (scores[x[:unseen] == MASK].argmax(1) != y[:unseen]).float().mean().item()


def sensitivity(model: Bert, x: Tensor) -> Tensor:
    """How strongly hidden vector i depends on the input vector of token j: norms (T, T)."""
    E = model.embed(x, torch.zeros_like(x)).detach()
    jacobian = torch.autograd.functional.jacobian(
        lambda e: model.encode(e, (x != PAD)[:, None, None, :])[0], E)       # (T, H, 1, T, H)
    return jacobian[:, :, 0].pow(2).sum(dim=(1, 3)).sqrt()


def demo() -> None:
    """Count both models, corrupt some tokens, and fill gaps that need the right side."""
    with torch.device("meta"):
        for name, build in (("base", bert_base), ("large", bert_large)):
            print(f"BERT {name}: {sum(p.numel() for p in build().parameters()):,} parameters")
    torch.manual_seed(0)
    _, chosen = corrupt(torch.full((100, 512), ORDINARY), 30522)
    print(f"tokens chosen for prediction: {chosen.float().mean():.1%}")
    print(f'wrong "a" or "an", trained: {article_error(causal=False, steps=140, seed=0):.1%}')
    _, y, V = articles()
    print(f'wrong by always saying "a": {(y == V - 1).float().mean():.1%}')


def figure() -> Figure:
    """Which input each output can see: BERT against the left-to-right ablation."""
    fig = Figure(figsize=(6, 3), layout="constrained")
    for axes, causal in zip(fig.subplots(1, 2), (False, True), strict=True):
        torch.manual_seed(0)
        model = Bert(V=40, H=32, A=2, L=2, longest=11, std=0.1, causal=causal)
        seen = sensitivity(model, torch.randint(ORDINARY, 40, (1, 11)))
        axes.imshow(seen.log10().clamp(min=-3), cmap="viridis", vmin=-3, vmax=0)
        axes.set(xlabel="input token j", ylabel="output token i", xticks=[0, 5, 10],
                 yticks=[0, 5, 10], title="left-to-right" if causal else "BERT: both sides")
    return fig


if __name__ == "__main__":
    demo()
