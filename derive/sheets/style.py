r"""The head of a sheet: packages, and the commands that its pages are written in.

``\Row{left}{relation}{formula}{reason}{words}`` is one line of working: a formula in place, and its
reason at the right margin, on a line of its own when both do not fit. The formula is a run of
``\Piece``; lines break between pieces. When a piece is wider than the line, the formula is set smaller;
when that does not help, ``words``, the formula as plain text, stands in its place.
"""

from typing import Final

HEAD: Final = r"""% Without the option `answers` this is the question paper alone.
\documentclass[11pt,a4paper,answers]{exam}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{textcomp}
\usepackage{microtype}
\usepackage[a4paper,margin=22mm,includeheadfoot]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{array,booktabs,longtable}
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\allowdisplaybreaks
\pointname{ mark}
\pointpoints{ mark}{ marks}
\bracketedpoints
\newcommand{\Mark}[1]{\makebox[1.2em]{$#1$}}
\newcommand{\Heading}[1]{\par\addvspace{0.6\baselineskip}{\sffamily\bfseries\small #1}\par\nopagebreak
  \addvspace{0.2\baselineskip}}
\newcommand{\Verdict}[2]{\par\addvspace{0.7\baselineskip}\hrule height 0.4pt\nopagebreak
  \vspace{0.4\baselineskip}\hangindent=1.5em\hangafter=1 \textbf{#1}#2\par}

% Formulas that break between pieces, shrink to fit, and at worst are printed as text.
\newlength{\Widest}\newlength{\Room}\newlength{\Left}\newlength{\Total}\newlength{\Reason}
\newsavebox{\PieceBox}\newsavebox{\ReasonBox}\newsavebox{\LeftBox}
\newcommand{\Style}{\displaystyle}
\newcommand{\Piece}[1]{$\Style #1$\hskip 0pt plus 1pt\relax}
\newcommand{\MeasurePiece}[1]{\sbox{\PieceBox}{$\Style #1$}%
  \global\advance\Total by \wd\PieceBox
  \ifdim\wd\PieceBox>\Widest \global\Widest=\wd\PieceBox\fi}
\newcommand{\Measure}[1]{{\global\Widest=0pt \global\Total=0pt \let\Piece\MeasurePiece
  \setbox0\hbox{#1}}}
\newcommand{\Flow}[2]{% formula, words; as wide as \Room
  \Measure{#1}%
  \ifdim\Widest>\Room \Measure{\small #1}%
    \ifdim\Widest>\Room \Measure{\footnotesize #1}%
      \ifdim\Widest>\Room {\footnotesize #2}\else{\footnotesize #1}\fi
    \else{\small #1}\fi
  \else #1\fi}
\newcommand{\Paragraph}[2]{\parbox[t]{\Room}{\raggedright\hangindent=1.6em\hangafter=1
  \lineskiplimit=2pt\lineskip=4pt\relax\strut\Flow{#1}{#2}\strut}}
\newcommand{\Row}[5]{\par\addvspace{3pt}%
  \sbox{\LeftBox}{#1}\sbox{\ReasonBox}{\footnotesize #4}%
  \Room=\linewidth \advance\Room by -\wd\LeftBox \Reason=\Room
  \Measure{#2#3}\advance\Total by 1.5em
  \advance\Reason by -\Total
  \noindent\usebox{\LeftBox}%
  \ifdim\wd\ReasonBox<\Reason
    #2#3\hspace*{\fill}\usebox{\ReasonBox}%
  \else
    \ifdim 0.34\linewidth<\Reason
      #2#3\hspace*{\fill}\parbox[t]{0.32\linewidth}{\footnotesize\raggedleft\strut #4\strut}%
    \else
      \Paragraph{#2#3}{#5}%
      \ifdim\wd\ReasonBox=0pt \else
        \par\nopagebreak\hspace*{0.25\linewidth}%
        \parbox[t]{0.75\linewidth}{\footnotesize\raggedleft\strut #4\strut}%
      \fi
    \fi
  \fi\par}
\newcommand{\Cell}[2]{\Room=\linewidth{\renewcommand{\Style}{\textstyle}\Flow{#1}{#2}}}
"""
